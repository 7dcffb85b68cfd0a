package io.caravanhub.edge.work;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/** Times of messages as epoch microseconds, which is what the hub keeps. */
final class MessageTime {
  /** As the hub reads them: numbers below this are seconds, others milliseconds. */
  private static final double SECONDS_BELOW = 1e11;

  private static final JsonFactory JSON = new JsonFactory();

  private MessageTime() {}

  static long micros(JsonParser parser, JsonToken token) throws IOException {
    if (token.isNumeric()) {
      double number = parser.getDoubleValue();
      return Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1e6 : number * 1e3);
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("expected a time");
    }
    try {
      return micros(OffsetDateTime.parse(parser.getText()).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** When a message was measured, epoch milliseconds; now when it does not say. */
  static long millis(byte[] message) {
    try (JsonParser parser = JSON.createParser(message)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean time = parser.currentName().equals("timestamp");
        JsonToken token = parser.nextToken();
        if (time) {
          return micros(parser, token) / 1_000;
        }
        parser.skipChildren();
      }
    } catch (IOException | IllegalArgumentException e) {
      // It was made here, and has one.
    }
    return System.currentTimeMillis();
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
