package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.CloudRequest.Since;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The stretch of time that is asked for, and how far its answer has brought us. */
final class Window {
  private final @Nullable Since since;
  private final Instant now;
  private Instant from;
  private Instant until;
  private @Nullable Instant newest;

  private Window(@Nullable Since since, Instant from, Instant now) {
    this.since = since;
    this.from = from;
    this.now = now;
    this.until = end();
  }

  static Window first(@Nullable Since since, @Nullable String watermark, Instant now) {
    if (since == null) {
      return new Window(null, now, now);
    }
    return new Window(
        since, watermark == null ? now.minus(since.first()) : Instant.parse(watermark), now);
  }

  private Instant end() {
    if (since == null || since.span().isZero()) {
      return now;
    }
    Instant end = from.plus(since.span());
    return end.isBefore(now) ? end : now;
  }

  void into(Map<String, String> query) {
    if (since != null) {
      query.put(since.query(), written(from.minus(since.overlap())));
      if (!since.until().isEmpty()) {
        query.put(since.until(), written(until));
      }
    }
  }

  /** Notes the newest item. */
  void saw(List<JsonNode> items) {
    if (since == null || since.at().isEmpty()) {
      return;
    }
    for (JsonNode item : items) {
      Instant at = instant(Parts.text(item, since.at()));
      // A clock that is ahead must not make us skip what others will still say.
      if (at != null && !at.isAfter(now) && (newest == null || at.isAfter(newest))) {
        newest = at;
      }
    }
  }

  /**
   * Where the next poll begins. Without times in the answer it is the end of a window that was
   * answered; an empty answer to an open one moves nothing.
   */
  Optional<String> watermark() {
    if (since == null) {
      return Optional.empty();
    }
    if (newest != null && newest.isAfter(from)) {
      from = newest;
    }
    return Optional.of(from.toString());
  }

  /** Whether there is another window, to which this one then moves. */
  boolean moveOn() {
    if (since == null) {
      return false;
    }
    boolean last = !until.isBefore(now);
    if (!last || since.at().isEmpty()) {
      from = until;
      until = end();
    }
    return !last;
  }

  private String written(Instant at) {
    return switch (since == null ? "iso" : since.format()) {
      case "seconds" -> Long.toString(at.getEpochSecond());
      case "millis" -> Long.toString(at.toEpochMilli());
      case "date" -> at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
      default -> at.truncatedTo(ChronoUnit.MILLIS).toString();
    };
  }

  static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.matches("\\d{9,10}(\\.\\d+)?")) {
      return Instant.ofEpochSecond((long) Double.parseDouble(text));
    }
    if (text.matches("\\d{12,14}")) {
      return Instant.ofEpochMilli(Long.parseLong(text));
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
