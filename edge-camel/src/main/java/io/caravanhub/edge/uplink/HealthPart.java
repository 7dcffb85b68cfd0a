package io.caravanhub.edge.uplink;

import java.util.Map;

/**
 * What one part of the gateway has to say in the health message. Every one in the registry is
 * asked; asked from one thread, every half minute, so an answer must come at once.
 */
public interface HealthPart {
  /**
   * The field of the health message that the report becomes, for instance {@code spool}; empty to
   * put the report's fields at the top level.
   */
  String name();

  /** What can be written as JSON: text, numbers, booleans, null, maps and lists of these. */
  Map<String, Object> report();
}
