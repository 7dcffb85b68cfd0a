package io.caravanhub.hub.console;

/**
 * A route file that is not in force.
 *
 * @param file path as a person would type it
 * @param line the line the reason speaks of, or 0
 * @param reason what is wrong with it
 * @param keptRoutes ids of routes that still run from its last good version, comma-separated
 */
public record RefusedFile(String file, int line, String reason, String keptRoutes) {
  /** {@code routes/ingest/mqtt-in.camel.yaml:7}, ready to be pasted into an editor. */
  public String where() {
    return line > 0 ? file + ":" + line : file;
  }
}
