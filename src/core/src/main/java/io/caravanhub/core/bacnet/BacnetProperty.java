package io.caravanhub.core.bacnet;

import java.util.Map;

/** Property identifiers (clause 21, BACnetPropertyIdentifier), those a map or a browser names. */
public final class BacnetProperty {
  public static final int COV_INCREMENT = 22;
  public static final int DESCRIPTION = 28;
  public static final int EVENT_STATE = 36;
  public static final int MAX_APDU_LENGTH_ACCEPTED = 62;
  public static final int OBJECT_IDENTIFIER = 75;
  public static final int OBJECT_LIST = 76;
  public static final int OBJECT_NAME = 77;
  public static final int PRESENT_VALUE = 85;
  public static final int RELIABILITY = 103;
  public static final int SEGMENTATION_SUPPORTED = 107;
  public static final int STATUS_FLAGS = 111;
  public static final int UNITS = 117;
  public static final int EVENT_MESSAGE_TEXTS = 351;

  private static final Map<String, Integer> NAMES =
      Map.ofEntries(
          Map.entry("acked-transitions", 0),
          Map.entry("action", 2),
          Map.entry("active-text", 4),
          Map.entry("application-software-version", 12),
          Map.entry("change-of-state-count", 15),
          Map.entry("cov-increment", COV_INCREMENT),
          Map.entry("deadband", 25),
          Map.entry("description", DESCRIPTION),
          Map.entry("elapsed-active-time", 33),
          Map.entry("event-enable", 35),
          Map.entry("event-message-texts", EVENT_MESSAGE_TEXTS),
          Map.entry("event-state", EVENT_STATE),
          Map.entry("event-type", 37),
          Map.entry("feedback-value", 40),
          Map.entry("firmware-revision", 44),
          Map.entry("high-limit", 45),
          Map.entry("inactive-text", 46),
          Map.entry("local-date", 56),
          Map.entry("local-time", 57),
          Map.entry("location", 58),
          Map.entry("low-limit", 59),
          Map.entry("max-apdu-length-accepted", MAX_APDU_LENGTH_ACCEPTED),
          Map.entry("max-pres-value", 65),
          Map.entry("min-pres-value", 69),
          Map.entry("model-name", 70),
          Map.entry("notification-class", 17),
          Map.entry("notify-type", 72),
          Map.entry("number-of-states", 74),
          Map.entry("object-identifier", OBJECT_IDENTIFIER),
          Map.entry("object-list", OBJECT_LIST),
          Map.entry("object-name", OBJECT_NAME),
          Map.entry("object-type", 79),
          Map.entry("out-of-service", 81),
          Map.entry("polarity", 84),
          Map.entry("present-value", PRESENT_VALUE),
          Map.entry("priority-array", 87),
          Map.entry("protocol-services-supported", 97),
          Map.entry("protocol-version", 98),
          Map.entry("reliability", RELIABILITY),
          Map.entry("relinquish-default", 104),
          Map.entry("resolution", 106),
          Map.entry("segmentation-supported", SEGMENTATION_SUPPORTED),
          Map.entry("setpoint", 108),
          Map.entry("state-text", 110),
          Map.entry("status-flags", STATUS_FLAGS),
          Map.entry("system-status", 112),
          Map.entry("units", UNITS),
          Map.entry("update-interval", 118),
          Map.entry("vendor-identifier", 120),
          Map.entry("vendor-name", 121));

  private BacnetProperty() {}

  /**
   * The number of a property given by name or by number, as vendors' own are.
   *
   * @throws IllegalArgumentException when there is no such property
   */
  public static int number(String name) {
    Integer known = NAMES.get(name);
    if (known != null) {
      return known;
    }
    if (name.matches("\\d{1,7}") && Integer.parseInt(name) <= 0x3F_FFFF) {
      return Integer.parseInt(name);
    }
    throw new IllegalArgumentException(
        "there is no property \"" + name + "\"; a vendor's own is given by its number");
  }

  /** The name of a property, or its number. */
  public static String name(int property) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue() == property)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(String.valueOf(property));
  }
}
