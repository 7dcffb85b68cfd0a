package io.caravanhub.core.bacnet;

import java.util.HashMap;
import java.util.Map;

/** Names of the standard's numbers (clause 21); a number without a name is shown as it is. */
public final class BacnetNames {
  private static final String[] OBJECT_TYPES = {
    "analog-input",
    "analog-output",
    "analog-value",
    "binary-input",
    "binary-output",
    "binary-value",
    "calendar",
    "command",
    "device",
    "event-enrollment",
    "file",
    "group",
    "loop",
    "multi-state-input",
    "multi-state-output",
    "notification-class",
    "program",
    "schedule",
    "averaging",
    "multi-state-value",
    "trend-log",
    "life-safety-point",
    "life-safety-zone",
    "accumulator",
    "pulse-converter",
    "event-log",
    "global-group",
    "trend-log-multiple",
    "load-control",
    "structured-view",
    "access-door",
    "timer",
    "access-credential",
    "access-point",
    "access-rights",
    "access-user",
    "access-zone",
    "credential-data-input",
    "network-security",
    "bitstring-value",
    "characterstring-value",
    "datepattern-value",
    "date-value",
    "datetimepattern-value",
    "datetime-value",
    "integer-value",
    "large-analog-value",
    "octetstring-value",
    "positive-integer-value",
    "timepattern-value",
    "time-value",
    "notification-forwarder",
    "alert-enrollment",
    "channel",
    "lighting-output",
    "binary-lighting-output",
    "network-port",
    "elevator-group",
    "escalator",
    "lift"
  };
  private static final Map<String, Integer> OBJECT_TYPE_NUMBERS = numbers(OBJECT_TYPES);

  private static final String[] ERROR_CLASSES = {
    "device", "object", "property", "resources", "security", "services", "vt", "communication"
  };
  private static final Map<Integer, String> ERROR_CODES =
      Map.ofEntries(
          Map.entry(0, "other"),
          Map.entry(2, "configuration-in-progress"),
          Map.entry(3, "device-busy"),
          Map.entry(9, "invalid-data-type"),
          Map.entry(25, "operational-problem"),
          Map.entry(27, "read-access-denied"),
          Map.entry(29, "service-request-denied"),
          Map.entry(30, "timeout"),
          Map.entry(31, "unknown-object"),
          Map.entry(32, "unknown-property"),
          Map.entry(36, "unsupported-object-type"),
          Map.entry(37, "value-out-of-range"),
          Map.entry(40, "write-access-denied"),
          Map.entry(42, "invalid-array-index"),
          Map.entry(43, "cov-subscription-failed"),
          Map.entry(44, "not-cov-property"),
          Map.entry(45, "optional-functionality-not-supported"),
          Map.entry(47, "datatype-not-supported"),
          Map.entry(50, "property-is-not-an-array"),
          Map.entry(72, "value-not-initialized"),
          Map.entry(73, "invalid-event-state"),
          Map.entry(79, "unknown-subscription"),
          Map.entry(82, "busy"),
          Map.entry(83, "communication-disabled"),
          Map.entry(85, "access-denied"),
          Map.entry(131, "internal-error"),
          Map.entry(132, "not-configured"),
          Map.entry(133, "out-of-memory"));
  private static final String[] REJECTS = {
    "other",
    "buffer-overflow",
    "inconsistent-parameters",
    "invalid-parameter-data-type",
    "invalid-tag",
    "missing-required-parameter",
    "parameter-out-of-range",
    "too-many-arguments",
    "undefined-enumeration",
    "unrecognized-service"
  };
  private static final String[] ABORTS = {
    "other",
    "buffer-overflow",
    "invalid-apdu-in-this-state",
    "preempted-by-higher-priority-task",
    "segmentation-not-supported",
    "security-error",
    "insufficient-security",
    "window-size-out-of-range",
    "application-exceeded-reply-time",
    "out-of-resources",
    "tsm-timeout",
    "apdu-too-long"
  };
  private static final String[] RELIABILITIES = {
    "no-fault-detected",
    "no-sensor",
    "over-range",
    "under-range",
    "open-loop",
    "shorted-loop",
    "no-output",
    "unreliable-other",
    "process-error",
    "multi-state-fault",
    "configuration-error",
    "reserved",
    "communication-failure",
    "member-fault",
    "monitored-object-fault",
    "tripped"
  };
  private static final String[] EVENT_STATES = {
    "normal", "fault", "offnormal", "high-limit", "low-limit", "life-safety-alarm"
  };

  private static final String[] EVENT_TYPES = {
    "change-of-bitstring",
    "change-of-state",
    "change-of-value",
    "command-failure",
    "floating-limit",
    "out-of-range",
    "complex-event-type",
    "event-type-7",
    "change-of-life-safety",
    "extended",
    "buffer-ready",
    "unsigned-range",
    "event-type-12",
    "access-event",
    "double-out-of-range",
    "signed-out-of-range",
    "unsigned-out-of-range",
    "change-of-characterstring",
    "change-of-status-flags",
    "change-of-reliability",
    "none",
    "change-of-discrete-value",
    "change-of-timer"
  };

  private BacnetNames() {}

  /** For instance {@code analog-input}; {@code type-200} for a vendor's own. */
  public static String objectType(int type) {
    return type < OBJECT_TYPES.length ? OBJECT_TYPES[type] : "type-" + type;
  }

  /**
   * The number of an object type given by name, or as {@code type-200}.
   *
   * @throws IllegalArgumentException when there is no such type
   */
  public static int objectType(String name) {
    Integer known = OBJECT_TYPE_NUMBERS.get(name);
    if (known != null) {
      return known;
    }
    if (name.matches("type-\\d{1,4}") && Integer.parseInt(name.substring(5)) < 1024) {
      return Integer.parseInt(name.substring(5));
    }
    throw new IllegalArgumentException("there is no object type \"" + name + "\"");
  }

  /** Name of a Reliability. */
  public static String reliability(long value) {
    return name(RELIABILITIES, value);
  }

  /** Name of an Event_State. */
  public static String eventState(long value) {
    return name(EVENT_STATES, value);
  }

  /** Name of a BACnetEventType. */
  public static String eventType(long value) {
    return name(EVENT_TYPES, value);
  }

  static String error(int errorClass, int code) {
    return name(ERROR_CLASSES, errorClass) + " " + ERROR_CODES.getOrDefault(code, "error " + code);
  }

  static String reject(int reason) {
    return name(REJECTS, reason);
  }

  static String abort(int reason) {
    return name(ABORTS, reason);
  }

  private static String name(String[] names, long value) {
    return value >= 0 && value < names.length ? names[(int) value] : String.valueOf(value);
  }

  private static Map<String, Integer> numbers(String[] names) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      numbers.put(names[i], i);
    }
    return Map.copyOf(numbers);
  }
}
