package io.caravanhub.hub.kafka;

import java.util.List;

/** Topics of the hub, and what their records say of themselves. */
public final class KafkaTopics {
  public static final String RAW = "hub.raw";
  public static final String NORMALIZED = "hub.normalized";
  public static final String EVENTS = "hub.events";
  public static final String DEAD = "hub.dead";

  /** All of them. */
  public static final List<String> ALL = List.of(RAW, NORMALIZED, EVENTS, DEAD);

  /** Header with the schema of the value and its version, {@code normalized/1}. */
  public static final String SCHEMA = "hub-schema";

  public static final String RAW_SCHEMA = "raw/1";
  public static final String NORMALIZED_SCHEMA = "normalized/1";
  public static final String EVENTS_SCHEMA = "events/1";
  public static final String DEAD_SCHEMA = "dead/1";

  private KafkaTopics() {}
}
