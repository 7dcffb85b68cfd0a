package io.caravanhub.core.bacnet;

import org.jspecify.annotations.Nullable;

/**
 * A BACnetTimeStamp (clause 21): a time of day, a sequence number, or date and time. Kept as it
 * came, for whoever acknowledges an event must give the device its own time back.
 */
public record EventTime(
    @Nullable Long sequence, BacnetValue.@Nullable Date date, BacnetValue.@Nullable Time time) {

  static EventTime read(TagReader in) {
    if (in.nextIs(0)) {
      byte[] time = in.context(0);
      if (time.length != 4) {
        throw new BacnetFormatException("expected a time");
      }
      return new EventTime(
          null,
          null,
          new BacnetValue.Time(time[0] & 0xFF, time[1] & 0xFF, time[2] & 0xFF, time[3] & 0xFF));
    }
    if (in.nextIs(1)) {
      return new EventTime(in.unsigned(1), null, null);
    }
    in.open(2);
    if (in.value() instanceof BacnetValue.Date date
        && in.value() instanceof BacnetValue.Time time) {
      in.close(2);
      return new EventTime(null, date, time);
    }
    throw new BacnetFormatException("expected date and time");
  }

  void write(TagWriter out) {
    if (sequence != null) {
      out.unsigned(1, sequence);
    } else if (date != null && time != null) {
      out.open(2).application(date).application(time).close(2);
    } else if (time != null) {
      out.application(
          new BacnetValue.Context(
              0,
              String.format(
                  "%02x%02x%02x%02x",
                  time.hour(), time.minute(), time.second(), time.hundredths())));
    }
  }
}
