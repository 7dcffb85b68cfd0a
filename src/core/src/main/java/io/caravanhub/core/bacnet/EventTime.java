package io.caravanhub.core.bacnet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A BACnetTimeStamp (clause 21): a time of day, a sequence number, or date and time. Kept as it
 * came, for whoever acknowledges an event must give the device its own time back.
 */
public record EventTime(
    @Nullable Long sequence, BacnetValue.@Nullable Date date, BacnetValue.@Nullable Time time) {

  private static final int SEQUENCE_NUMBERS = 0x1_0000;
  private static final int UNSPECIFIED = 255;

  /**
   * Whether this is earlier than another time of the same device, and no more than a minute or a
   * hundred numbers so. What is farther apart says nothing: numbers begin anew (clause 21,
   * BACnetTimeStamp) and clocks are set.
   */
  public boolean isJustBefore(EventTime other) {
    if (sequence != null && other.sequence != null) {
      long behind = Math.floorMod(other.sequence - sequence, SEQUENCE_NUMBERS);
      return behind > 0 && behind <= 100;
    }
    if (!Objects.equals(date, other.date) || time == null || other.time == null) {
      return false;
    }
    long behind = hundredths(other.time) - hundredths(time);
    return behind > 0 && behind <= 6_000;
  }

  private static long hundredths(BacnetValue.Time time) {
    long seconds = (time.hour() * 60L + time.minute()) * 60 + time.second();
    return seconds * 100 + (time.hundredths() == UNSPECIFIED ? 0 : time.hundredths());
  }

  /** By the device's own clock, for people: {@code 2026-11-22 03:04:05.00} or {@code #17}. */
  @Override
  public String toString() {
    if (sequence != null) {
      return "#" + sequence;
    }
    String day =
        date == null || date.year() == UNSPECIFIED
            ? ""
            : String.format("%04d-%02d-%02d ", 1900 + date.year(), date.month(), date.day());
    return time == null || time.hour() == UNSPECIFIED
        ? day.strip()
        : day
            + String.format(
                "%02d:%02d:%02d.%02d",
                time.hour(),
                time.minute(),
                time.second(),
                time.hundredths() == UNSPECIFIED ? 0 : time.hundredths());
  }

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
