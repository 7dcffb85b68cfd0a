package io.caravanhub.hub.event;

import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** The query parameters of {@code GET /events}; several words of one are joined by commas. */
final class EventFilter {
  private static final int LIMIT_MAX = 500;

  private final Message request;

  EventFilter(Message request) {
    this.request = request;
  }

  EventQuery query(DeviceDirectory devices) {
    return new EventQuery(
        words("status", Arrays.stream(EventState.values()).map(EventState::label).toList()),
        flag("active"),
        words("severity", Arrays.stream(Severity.values()).map(Severity::label).toList()),
        words("type", Arrays.stream(EventType.values()).map(EventType::label).toList()),
        text("family"),
        text("asset"),
        device(devices),
        text("rule"),
        moment(text("since"), "since"),
        moment(text("until"), "until"),
        text("q"),
        parent(),
        Math.min(LIMIT_MAX, Page.limit(text("limit"))),
        text("cursor"));
  }

  private List<String> words(String name, Collection<String> known) {
    String given = text(name);
    List<String> words =
        given == null
            ? List.of()
            : Stream.of(given.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
    if (!known.containsAll(words)) {
      throw ProblemException.badField(name, "expected some of " + String.join(", ", known));
    }
    return words;
  }

  private @Nullable Boolean flag(String name) {
    String given = text(name);
    if (given != null && !given.equals("true") && !given.equals("false")) {
      throw ProblemException.badField(name, "expected true or false");
    }
    return given == null ? null : Boolean.valueOf(given);
  }

  private @Nullable UUID device(DeviceDirectory devices) {
    String given = text("device");
    return given == null
        ? null
        : devices
            .find(CallerContext.current().tenant(), given)
            .map(Device::id)
            .orElseThrow(() -> ProblemException.notFound("device", given));
  }

  private @Nullable UUID parent() {
    String given = text("parent");
    try {
      return given == null ? null : UUID.fromString(given);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("parent", "expected the id of an event");
    }
  }

  /** An ISO 8601 moment, or null when absent. */
  static @Nullable Instant moment(@Nullable String given, String name) {
    try {
      return given == null ? null : OffsetDateTime.parse(given.replace(' ', '+')).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.badField(name, "expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
  }

  private @Nullable String text(String name) {
    String given = request.getHeader(name, String.class);
    return given == null || given.isBlank() ? null : given;
  }
}
