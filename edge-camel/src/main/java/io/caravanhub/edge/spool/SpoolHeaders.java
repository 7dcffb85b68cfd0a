package io.caravanhub.edge.spool;

/** Headers that the spool reads, besides those of telemetry. */
public final class SpoolHeaders {
  /**
   * {@code telemetry}, {@code event} or {@code raw}. Absent: telemetry when the body is canonical,
   * else raw.
   */
  public static final String KIND = "hub-kind";

  private SpoolHeaders() {}
}
