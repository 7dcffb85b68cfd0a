package io.caravanhub.hub.connector;

import java.util.List;

/**
 * What a connector's folder says of itself beside its schema.
 *
 * @param icon as a data address of an image, empty when it has none
 * @param metrics that its samples come to, by name
 * @param faults whether it tells faults
 * @param inventory whether it names devices by itself
 * @param readme Markdown, empty when there is none
 */
public record ConnectorFacts(
    String icon, List<String> metrics, boolean faults, boolean inventory, String readme) {
  static final ConnectorFacts NONE = new ConnectorFacts("", List.of(), false, false, "");

  public ConnectorFacts {
    metrics = List.copyOf(metrics);
  }
}
