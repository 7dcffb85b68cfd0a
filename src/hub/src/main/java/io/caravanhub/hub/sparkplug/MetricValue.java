package io.caravanhub.hub.sparkplug;

import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The value of a metric by its data type (Sparkplug 3.0, 6.4.16 and 6.4.17). */
final class MetricValue {
  private MetricValue() {}

  /**
   * Whether values of this type are none the hub can keep: sets, templates, bytes, files, arrays.
   */
  static boolean isRefused(int dataType) {
    return dataType >= 16;
  }

  /** What a type is called in messages to people. */
  static String name(int dataType) {
    return switch (dataType) {
      case 16 -> "a DataSet";
      case 17 -> "Bytes";
      case 18 -> "a File";
      case 19 -> "a Template";
      case 20, 21 -> "a PropertySet";
      default -> "an array";
    };
  }

  /** A number, text or Boolean; null when the value does not fit the type. */
  static @Nullable Object of(int dataType, @Nullable Object raw) {
    if (raw instanceof Long bits) {
      return switch (dataType) {
        case 1 -> (long) bits.byteValue();
        case 2 -> (long) bits.shortValue();
        case 3 -> (long) bits.intValue();
        case 8 -> bits >= 0 ? bits : new BigInteger(Long.toUnsignedString(bits));
        case 13 -> Instant.ofEpochMilli(bits).toString();
        default -> bits;
      };
    }
    return raw;
  }
}
