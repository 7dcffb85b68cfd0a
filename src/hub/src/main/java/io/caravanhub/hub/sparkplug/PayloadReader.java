package io.caravanhub.hub.sparkplug;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a payload in protobuf, field by field (Sparkplug 3.0, 6.4.1: the numbers below are those of
 * its message definition). What the hub has no use for is passed over.
 */
final class PayloadReader {
  private static final int METRICS_MAX = 5_000;

  private PayloadReader() {}

  /**
   * Reads a payload.
   *
   * @throws UnusableMessageException when the bytes are no such message
   */
  static SparkplugPayload read(byte[] bytes) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    long timestamp = -1;
    long seq = -1;
    List<SparkplugMetric> metrics = new ArrayList<>();
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case 1 -> timestamp = in.readUInt64();
          case 2 -> metrics.add(metric(in));
          case 3 -> seq = in.readUInt64();
          default -> in.skipField(tag);
        }
        if (metrics.size() > METRICS_MAX) {
          throw new UnusableMessageException(
              "metrics", "expected at most " + METRICS_MAX + " in a payload");
        }
      }
    } catch (IOException e) {
      throw new UnusableMessageException("body", "is not a Sparkplug B payload: " + e.getMessage());
    }
    return new SparkplugPayload(timestamp, seq < 0 || seq > 255 ? -1 : (int) seq, metrics);
  }

  private static SparkplugMetric metric(CodedInputStream in) throws IOException {
    int before = in.pushLimit(in.readRawVarint32());
    String name = "";
    long alias = -1;
    long timestamp = -1;
    int dataType = 0;
    boolean isNull = false;
    Object value = null;
    String unit = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> name = in.readStringRequireUtf8();
        case 2 -> alias = in.readUInt64();
        case 3 -> timestamp = in.readUInt64();
        case 4 -> dataType = in.readUInt32();
        case 7 -> isNull = in.readBool();
        case 9 -> unit = unit(in);
        case 10 -> value = (long) in.readUInt32();
        case 11 -> value = in.readUInt64();
        case 12 -> value = (double) in.readFloat();
        case 13 -> value = in.readDouble();
        case 14 -> value = in.readBool();
        case 15 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(before);
    return new SparkplugMetric(name, alias, timestamp, dataType, value, isNull, unit);
  }

  /** The property engUnit of a property set: keys and values stand in two lists, index by index. */
  private static @Nullable String unit(CodedInputStream in) throws IOException {
    int before = in.pushLimit(in.readRawVarint32());
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> keys.add(in.readStringRequireUtf8());
        case 2 -> values.add(text(in));
        default -> in.skipField(tag);
      }
    }
    in.popLimit(before);
    int at = keys.indexOf("engUnit");
    return at >= 0 && at < values.size() && !values.get(at).isEmpty() ? values.get(at) : null;
  }

  private static String text(CodedInputStream in) throws IOException {
    int before = in.pushLimit(in.readRawVarint32());
    String text = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 8) {
        text = in.readStringRequireUtf8();
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(before);
    return text;
  }
}
