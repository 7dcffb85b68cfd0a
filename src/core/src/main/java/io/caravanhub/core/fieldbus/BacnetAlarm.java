package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetNames;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.EventSummary;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.rule.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes alarms of what BACnet devices tell (ANSI/ASHRAE 135-2020, clause 13). */
final class BacnetAlarm {
  /** Event_State of an object about which nothing is wrong (clause 21, BACnetEventState). */
  static final int NORMAL = 0;

  private static final int FAULT = 1;
  private static final String[] NOTIFY_TYPES = {"alarm", "event"};

  private BacnetAlarm() {}

  /** What the hub calls it: the object, which is in one event state at a time (clause 13.2.2). */
  static String code(ObjectId object) {
    return object.toString();
  }

  /**
   * By the four groups that the standard makes of the priorities 0 to 255 (clause 13.2.5.4, Table
   * 13-6): life safety, critical equipment, urgent, normal.
   */
  static Severity severity(int priority) {
    if (priority < 64) {
      return Severity.CRITICAL;
    }
    if (priority < 128) {
      return Severity.HIGH;
    }
    return priority < 192 ? Severity.MEDIUM : Severity.LOW;
  }

  /**
   * Element of what a device keeps for to-offnormal, to-fault and to-normal that is about a state,
   * from 0.
   */
  static int transition(int state) {
    return state == NORMAL ? 2 : state == FAULT ? 1 : 0;
  }

  /** What was told unasked (clauses 13.8 and 13.9). */
  static Alarm of(EventNotification event, BacnetAlarmText known) {
    Map<String, Object> details = details(event.object(), known.name(), event.toState());
    details.put("priority", event.priority());
    details.put("notification_class", event.notificationClass());
    details.put("event_type", BacnetNames.eventType(event.eventType()));
    notifyType(details, event.notifyType());
    details.put("ack_required", event.ackRequired());
    details.put("device_time", event.time().toString());
    return new Alarm(
        code(event.object()),
        severity(event.priority()),
        message(known.name(), event.message(), event.toState()),
        details);
  }

  /** What the device had to say when it was asked (clause 13.12). */
  static Alarm of(EventSummary summary, BacnetAlarmText known) {
    int transition = transition(summary.state());
    int priority = summary.priorities().get(transition);
    Map<String, Object> details = details(summary.object(), known.name(), summary.state());
    details.put("priority", priority);
    notifyType(details, summary.notifyType());
    details.put("device_time", summary.times().get(transition).toString());
    return new Alarm(
        code(summary.object()),
        severity(priority),
        message(known.name(), known.text(), summary.state()),
        details);
  }

  /** Of an object's state alone; how urgent that is nobody has said. */
  static Alarm of(ObjectId object, int state, BacnetAlarmText known) {
    return new Alarm(
        code(object),
        Severity.MEDIUM,
        message(known.name(), known.text(), state),
        details(object, known.name(), state));
  }

  private static Map<String, Object> details(ObjectId object, String name, int state) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("object", object.toString());
    details.put("object_name", name);
    details.put("state", BacnetNames.eventState(state));
    return details;
  }

  private static void notifyType(Map<String, Object> details, int type) {
    if (type >= 0 && type < NOTIFY_TYPES.length) {
      details.put("notify_type", NOTIFY_TYPES[type]);
    }
  }

  private static String message(String name, @Nullable String text, int state) {
    String said = text == null || text.isBlank() ? BacnetNames.eventState(state) : text.strip();
    return said.contains(name) ? said : name + ": " + said;
  }

  /** Every object of a list in its state. */
  static Map<ObjectId, Integer> states(List<EventSummary> summaries) {
    Map<ObjectId, Integer> states = new LinkedHashMap<>();
    for (EventSummary summary : summaries) {
      if (summary.state() != NORMAL) {
        states.put(summary.object(), summary.state());
      }
    }
    return states;
  }
}
