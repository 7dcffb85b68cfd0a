package io.caravanhub.core.bacnet;

import org.jspecify.annotations.Nullable;

/**
 * An alarm or event a device tells (clauses 13.8 and 13.9).
 *
 * @param process the recipient's number
 * @param device instance of the device it comes from
 * @param object whose state has changed
 * @param time when, as the device's clock has it
 * @param notificationClass its class
 * @param priority 0 is the most urgent, 255 the least
 * @param eventType for instance 5, out-of-range
 * @param message text, or null
 * @param notifyType 0 alarm, 1 event, 2 acknowledgement
 * @param ackRequired whether somebody has to acknowledge it
 * @param fromState state it left; null in an acknowledgement
 * @param toState state it is in: 0 normal, 1 fault, 2 offnormal, 3 high-limit, 4 low-limit
 */
public record EventNotification(
    long process,
    int device,
    ObjectId object,
    EventTime time,
    int notificationClass,
    int priority,
    int eventType,
    @Nullable String message,
    int notifyType,
    boolean ackRequired,
    @Nullable Integer fromState,
    int toState) {

  /** An acknowledgement that somebody gave, of which others are told (clause 13.5). */
  public static final int ACK_NOTIFICATION = 2;

  static EventNotification decode(byte[] content) {
    TagReader in = new TagReader(content);
    long process = in.unsigned(0);
    ObjectId device = in.objectId(1);
    ObjectId object = in.objectId(2);
    in.open(3);
    EventTime time = EventTime.read(in);
    in.close(3);
    int notificationClass = (int) in.unsigned(4);
    int priority = (int) in.unsigned(5);
    int eventType = (int) in.unsigned(6);
    String message = in.nextIs(7) ? in.text(7) : null;
    int notifyType = (int) in.unsigned(8);
    boolean ackRequired = in.nextIs(9) && in.bool(9);
    Integer fromState = in.nextIs(10) ? (Integer) (int) in.unsigned(10) : null;
    int toState = (int) in.unsigned(11);
    // What follows are the values that led to it, of a form for each event type.
    return new EventNotification(
        process,
        device.instance(),
        object,
        time,
        notificationClass,
        priority,
        eventType,
        message,
        notifyType,
        ackRequired,
        fromState,
        toState);
  }
}
