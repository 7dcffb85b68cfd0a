package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One way of reading devices: what maps and connections say of it, and how its connections are
 * opened. Stateless.
 */
interface FieldbusProtocol {
  /** As it stands in {@code fieldbus:NAME}, in maps and in connections. */
  String name();

  /** Protocols of one family read the same maps. */
  default String family() {
    return name();
  }

  /** Fields of a map beside {@code protocol} and {@code points}. */
  Set<String> mapFields();

  /** Fields of a point beside those that all protocols have. */
  Set<String> pointFields();

  /** What a connection may say beside address, unit, map and interval. */
  Set<String> options();

  /**
   * Looks at a connection's options, all of them known.
   *
   * @throws IllegalArgumentException naming the option
   */
  default void check(Map<String, String> options) {}

  /**
   * Reads the head of a map; what it returns reads the places of that map's points.
   *
   * @throws IllegalArgumentException naming the field
   */
  PlaceReader places(JsonNode map);

  /** Opens its connections; the clock is for short work only. */
  DeviceLinks links(PollTiming timing, ScheduledExecutorService clock);

  /**
   * Opens its connections.
   *
   * @param keys where keys and passwords are, for a protocol that has such
   */
  default DeviceLinks links(PollTiming timing, ScheduledExecutorService clock, KeyFolders keys) {
    return links(timing, clock);
  }

  /** Reads where a point is. */
  interface PlaceReader {
    /**
     * @throws IllegalArgumentException naming the field of the point; it takes no place then
     */
    PointPlace place(JsonNode point);

    /** Gives back what a point that was read takes. */
    default void release(JsonNode point) {}
  }
}
