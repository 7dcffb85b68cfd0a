package io.caravanhub.hub.event;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The event calls of the API. Thread-safe. */
@Component("eventCalls")
public class EventCalls {
  private static final Duration SHELVED = Duration.ofHours(8);
  private static final int MINUTES_MAX = 999_999;
  private static final List<String> REASONS =
      List.of("false_alarm", "duplicate", "known", "test", "other");

  private final Events events;
  private final EventDetails details;
  private final DeviceDirectory devices;

  public EventCalls(Events events, EventDetails details, DeviceDirectory devices) {
    this.events = events;
    this.details = details;
    this.devices = devices;
  }

  /** {@code GET /events}, newest first. */
  public EventPage list(Exchange exchange) {
    EventQuery query = new EventFilter(exchange.getMessage()).query(devices);
    try {
      return events.list(query);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("cursor", "expected a cursor that an earlier page gave");
    }
  }

  /** {@code GET /events/{id}}. */
  public EventDetail get(@Header("eventId") String event) {
    return details.find(id(event)).orElseThrow(() -> ProblemException.notFound("event", event));
  }

  /** {@code POST /events/{id}/acknowledge {note?}}. */
  public EventView acknowledge(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.ACKNOWLEDGE, body);
  }

  /** {@code POST /events/{id}/dismiss {reason?, note?}}. */
  public EventView dismiss(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.DISMISS, body);
  }

  /** {@code POST /events/{id}/shelve {minutes?, until?, note?}}: eight hours unless told. */
  public EventView shelve(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.SHELVE, body);
  }

  /** {@code POST /events/{id}/unshelve {note?}}. */
  public EventView unshelve(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.UNSHELVE, body);
  }

  /** {@code POST /events/{id}/resolve {note?}}. */
  public EventView resolve(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.RESOLVE, body);
  }

  /** {@code POST /events/{id}/reopen {note?}}. */
  public EventView reopen(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.REOPEN, body);
  }

  /** {@code POST /events/{id}/note {note}}. */
  public EventView note(@Header("eventId") String event, @Body byte @Nullable [] body) {
    return tell(event, EventCommand.NOTE, body);
  }

  private EventView tell(String event, EventCommand command, byte @Nullable [] body) {
    UUID id = id(event);
    try {
      return tell(id, command, Fields.of(body));
    } catch (EventStateException e) {
      throw e.absent()
          ? ProblemException.notFound("event", event)
          : ProblemException.conflict("status", String.valueOf(e.getMessage()));
    }
  }

  /** Tells one event; the fields are those of the command. */
  EventView tell(UUID id, EventCommand command, Fields fields) {
    String note = fields.optionalText("note");
    String actor = actor();
    return switch (command) {
      case ACKNOWLEDGE -> events.acknowledge(id, actor, note);
      case DISMISS -> events.dismiss(id, actor, reason(fields), note);
      case SHELVE -> events.shelve(id, actor, until(fields), note);
      case UNSHELVE -> events.unshelve(id, actor, note);
      case RESOLVE -> events.resolve(id, actor, note);
      case REOPEN -> events.reopen(id, actor, note);
      case NOTE -> events.note(id, actor, fields.text("note"));
    };
  }

  private static @Nullable String reason(Fields fields) {
    String reason = fields.optionalText("reason");
    if (reason != null && !REASONS.contains(reason)) {
      throw ProblemException.badField("reason", "expected one of " + String.join(", ", REASONS));
    }
    return reason;
  }

  private static Instant until(Fields fields) {
    Instant until = fields.optionalInstant("until");
    if (until != null) {
      if (!until.isAfter(Instant.now())) {
        throw ProblemException.badField("until", "expected a time to come");
      }
      if (until.isAfter(Instant.now().plus(Duration.ofMinutes(MINUTES_MAX)))) {
        throw ProblemException.badField(
            "until", "expected a time within " + MINUTES_MAX + " minutes");
      }
      return until;
    }
    String minutes = fields.text("minutes", Long.toString(SHELVED.toMinutes()));
    if (!minutes.matches("[1-9]\\d{0,5}")) {
      throw ProblemException.badField(
          "minutes", "expected a number of minutes from 1 to " + MINUTES_MAX);
    }
    return Instant.now().plus(Duration.ofMinutes(Long.parseLong(minutes)));
  }

  private static String actor() {
    HubPrincipal caller = CallerContext.current();
    return caller.role() + ":" + caller.subject();
  }

  private static UUID id(String event) {
    try {
      return UUID.fromString(event);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound("event", event);
    }
  }
}
