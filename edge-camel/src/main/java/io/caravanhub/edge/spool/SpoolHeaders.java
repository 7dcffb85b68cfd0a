package io.caravanhub.edge.spool;

import io.caravanhub.core.telemetry.TelemetryHeaders;

/** Headers that the spool reads, besides those of telemetry. */
public final class SpoolHeaders {
  /**
   * {@code telemetry}, {@code event} or {@code raw}. Absent: telemetry when the body is canonical,
   * else raw.
   */
  public static final String KIND = TelemetryHeaders.KIND;

  private SpoolHeaders() {}
}
