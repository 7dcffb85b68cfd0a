package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetNames;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyResult;
import io.caravanhub.core.telemetry.Quality;
import org.jspecify.annotations.Nullable;

/** Makes readings of what BACnet properties hold and of what status flags say of it. */
final class BacnetReading {
  // Bits of BACnetStatusFlags (clause 21); in-alarm says nothing about the value.
  private static final int FAULT = 1;
  private static final int OVERRIDDEN = 2;
  private static final int OUT_OF_SERVICE = 3;
  private static final int NO_FAULT_DETECTED = 0;

  private BacnetReading() {}

  /** Whether the flags say that the object is at fault. */
  static boolean isFault(@Nullable PropertyResult flags) {
    return flags != null
        && flags.value().orElse(null) instanceof BacnetValue.Bits bits
        && bits.get(FAULT);
  }

  /**
   * @param flags the object's status flags, or null when it has none
   * @param reliability what the object says of its fault, or null when it is not known
   */
  static Reading of(
      DevicePoint point,
      PropertyResult result,
      @Nullable PropertyResult flags,
      @Nullable PropertyResult reliability) {
    if (result.error() != null) {
      return Reading.bad(point, String.valueOf(result.error().getMessage()));
    }
    if (result.value().isEmpty()) {
      return Reading.bad(
          point,
          result.values().isEmpty()
              ? "the device has no value"
              : "the property is a list: give an index");
    }
    Object raw = raw(result.value().get());
    if (raw == null) {
      return Reading.bad(point, "the device has no value");
    }
    if (isFault(flags)) {
      return Reading.bad(point, fault(reliability));
    }
    String doubt = doubt(flags);
    return doubt == null ? Reading.of(point, raw) : Reading.of(point, raw, Quality.SUSPECT, doubt);
  }

  /** A Boolean, a Number or a String; null when the device says that there is none. */
  static @Nullable Object raw(BacnetValue value) {
    if (value instanceof BacnetValue.Bool bool) {
      return bool.value();
    }
    if (value instanceof BacnetValue.Unsigned number) {
      return number.value();
    }
    if (value instanceof BacnetValue.Signed number) {
      return number.value();
    }
    if (value instanceof BacnetValue.Enumerated number) {
      return number.value();
    }
    if (value instanceof BacnetValue.Real real) {
      // 72.3f is 72.3, not 72.30000305175781.
      return Float.isFinite(real.value())
          ? Double.parseDouble(Float.toString(real.value()))
          : (double) real.value();
    }
    if (value instanceof BacnetValue.DoubleReal real) {
      return real.value();
    }
    if (value instanceof BacnetValue.Text text) {
      return text.value();
    }
    if (value instanceof BacnetValue.Bits bits) {
      return bits.bits();
    }
    if (value instanceof BacnetValue.Octets octets) {
      return octets.hex();
    }
    if (value instanceof ObjectId id) {
      return id.toString();
    }
    return value instanceof BacnetValue.Null ? null : shown(value);
  }

  private static String shown(BacnetValue value) {
    if (value instanceof BacnetValue.Date date) {
      return String.format("%04d-%02d-%02d", 1900 + date.year(), date.month(), date.day());
    }
    if (value instanceof BacnetValue.Time time) {
      return String.format("%02d:%02d:%02d", time.hour(), time.minute(), time.second());
    }
    return value.toString();
  }

  private static String fault(@Nullable PropertyResult reliability) {
    BacnetValue why = reliability == null ? null : reliability.value().orElse(null);
    return why instanceof BacnetValue.Enumerated told && told.value() != NO_FAULT_DETECTED
        ? "the device reports a fault: " + BacnetNames.reliability(told.value())
        : "the device reports a fault";
  }

  private static @Nullable String doubt(@Nullable PropertyResult flags) {
    if (flags == null || !(flags.value().orElse(null) instanceof BacnetValue.Bits bits)) {
      return null;
    }
    if (bits.get(OUT_OF_SERVICE)) {
      return "the object is out of service";
    }
    return bits.get(OVERRIDDEN) ? "the object is overridden at the device" : null;
  }
}
