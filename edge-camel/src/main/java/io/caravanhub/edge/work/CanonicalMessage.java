package io.caravanhub.edge.work;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.caravanhub.core.telemetry.Quality;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One canonical message, read once and kept as numbers beside the bytes it came in: what remains of
 * it is cut out of those bytes. Reused for the messages of one device, so that a reading costs no
 * object; not thread-safe.
 */
final class CanonicalMessage {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();
  private static final int READINGS_MAX = 5_000;

  private final SeriesTable table;
  private byte[] body = {};
  private long at;
  private boolean timed;
  private int count;
  private int listFrom;
  private int listTo;
  private int metadataAt;
  private boolean[] keep = new boolean[32];
  private int[] from = new int[32];
  private int[] to = new int[32];
  private @Nullable Series[] series = new Series[32];
  private double[] number = new double[32];
  private @Nullable String[] text = new String[32];
  private @Nullable String[] unit = new String[32];
  private Quality[] quality = new Quality[32];
  private @Nullable String[] reason = new String[32];

  CanonicalMessage(SeriesTable table) {
    this.table = table;
  }

  /**
   * Reads a message.
   *
   * @return whether it is one object with a time and measurements; anything else is not for us
   */
  boolean read(byte[] message) {
    body = message;
    count = 0;
    timed = false;
    listFrom = -1;
    metadataAt = -1;
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        field(parser, parser.currentName());
      }
      return timed && listFrom > 0 && parser.nextToken() == null;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private void field(JsonParser parser, String name) throws IOException {
    JsonToken token = parser.nextToken();
    switch (name) {
      case "timestamp" -> {
        at = MessageTime.micros(parser, token);
        timed = true;
      }
      case "measurements" -> {
        if (token != JsonToken.START_ARRAY) {
          throw new IllegalArgumentException("expected an array");
        }
        listFrom = offset(parser);
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          measurement(parser);
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
          throw new IllegalArgumentException("expected an object");
        }
        listTo = offset(parser) - 1;
      }
      case "metadata" -> {
        if (token == JsonToken.START_OBJECT) {
          metadataAt = offset(parser);
        }
        parser.skipChildren();
      }
      default -> parser.skipChildren();
    }
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentLocation().getByteOffset();
  }

  private void measurement(JsonParser parser) throws IOException {
    int i = count++;
    if (count > READINGS_MAX) {
      throw new IllegalArgumentException("too many measurements");
    }
    grow();
    from[i] = offset(parser) - 1;
    Series known = null;
    boolean own = true;
    number[i] = Double.NaN;
    text[i] = null;
    unit[i] = null;
    quality[i] = Quality.GOOD;
    reason[i] = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "name" -> known = token == JsonToken.VALUE_STRING ? named(i, parser) : null;
        case "value" -> own &= value(i, parser, token);
        case "unit" -> unit[i] = same(parser, token, known == null ? null : known.unit());
        case "reason" -> reason[i] = same(parser, token, known == null ? null : known.reason());
        case "quality" -> own &= quality(i, parser, token);
        default -> {
          // A reading with a time of its own is not of the message's.
          own = false;
          parser.skipChildren();
        }
      }
    }
    to[i] = offset(parser);
    series[i] = own ? known : null;
    keep[i] = true;
  }

  private @Nullable Series named(int i, JsonParser parser) throws IOException {
    return table.find(
        i, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private boolean value(int i, JsonParser parser, JsonToken token) throws IOException {
    switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number[i] = parser.getDoubleValue();
      case VALUE_TRUE -> number[i] = 1;
      case VALUE_FALSE -> number[i] = 0;
      case VALUE_STRING -> text[i] = parser.getText();
      case VALUE_NULL -> {}
      default -> {
        parser.skipChildren();
        return false;
      }
    }
    return true;
  }

  private boolean quality(int i, JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      String label = parser.getText();
      for (Quality known : Quality.values()) {
        if (known.label().equalsIgnoreCase(label)) {
          quality[i] = known;
          return true;
        }
      }
    }
    parser.skipChildren();
    return token == JsonToken.VALUE_NULL;
  }

  private static @Nullable String same(JsonParser parser, JsonToken token, @Nullable String before)
      throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      return null;
    }
    return before != null
            && SeriesTable.equal(
                before, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength())
        ? before
        : parser.getText();
  }

  private void grow() {
    if (count > keep.length) {
      int more = 2 * keep.length;
      keep = Arrays.copyOf(keep, more);
      from = Arrays.copyOf(from, more);
      to = Arrays.copyOf(to, more);
      series = Arrays.copyOf(series, more);
      number = Arrays.copyOf(number, more);
      text = Arrays.copyOf(text, more);
      unit = Arrays.copyOf(unit, more);
      quality = Arrays.copyOf(quality, more);
      reason = Arrays.copyOf(reason, more);
    }
  }

  /** Its time, epoch microseconds. */
  long at() {
    return at;
  }

  int count() {
    return count;
  }

  /** Whose reading it is, or null when it is one that nothing is done with. */
  @Nullable Series series(int i) {
    return series[i];
  }

  /** The number, or NaN when there is none. */
  double number(int i) {
    return number[i];
  }

  @Nullable String text(int i) {
    return text[i];
  }

  @Nullable String unit(int i) {
    return unit[i];
  }

  Quality quality(int i) {
    return quality[i];
  }

  @Nullable String reason(int i) {
    return reason[i];
  }

  void drop(int i) {
    keep[i] = false;
  }

  /** The message without what was dropped: the bytes that came if nothing was, null if all was. */
  byte @Nullable [] remainder() {
    int kept = 0;
    int size = body.length - (listTo - listFrom);
    for (int i = 0; i < count; i++) {
      if (keep[i]) {
        size += to[i] - from[i] + (kept++ == 0 ? 0 : 1);
      }
    }
    if (kept == count) {
      return body;
    }
    if (kept == 0) {
      return null;
    }
    byte[] rest = new byte[size];
    System.arraycopy(body, 0, rest, 0, listFrom);
    int end = listFrom;
    for (int i = 0; i < count; i++) {
      if (keep[i]) {
        if (end > listFrom) {
          rest[end++] = ',';
        }
        System.arraycopy(body, from[i], rest, end, to[i] - from[i]);
        end += to[i] - from[i];
      }
    }
    System.arraycopy(body, listTo, rest, end, body.length - listTo);
    return rest;
  }

  /** The message with more measurements after its own. */
  byte[] with(byte[] measurements) {
    int comma = count == 0 ? 0 : 1;
    byte[] more = new byte[body.length + comma + measurements.length];
    System.arraycopy(body, 0, more, 0, listTo);
    more[listTo] = ',';
    System.arraycopy(measurements, 0, more, listTo + comma, measurements.length);
    int end = listTo + comma + measurements.length;
    System.arraycopy(body, listTo, more, end, body.length - listTo);
    return more;
  }

  /** Where the fields of its metadata begin, or -1 when it has none. */
  int metadataAt() {
    return metadataAt;
  }
}
