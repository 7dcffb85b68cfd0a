package io.caravanhub.hub.console;

/**
 * A route as it runs now.
 *
 * @param state started, stopped, suspended or starting
 * @param file where it is written, or empty
 */
public record RouteLine(
    String id,
    String group,
    String description,
    String state,
    long in,
    long failed,
    double rate,
    Sparkline spark,
    String from,
    String file) {

  /** Whether messages enter the hub, or begin, here; others get theirs from routes such as this. */
  public boolean front() {
    return !from.startsWith("direct:") && !from.startsWith("seda:");
  }
}
