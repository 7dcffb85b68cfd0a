package io.caravanhub.hub.event;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The event calls of the API. Thread-safe. */
@Component("eventCalls")
public class EventCalls {
  private static final Duration SHELVED = Duration.ofHours(8);

  private final Events events;
  private final DeviceDirectory devices;

  public EventCalls(Events events, DeviceDirectory devices) {
    this.events = events;
    this.devices = devices;
  }

  /** {@code GET /events}, newest first. */
  public EventPage list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("status") @Nullable String status,
      @Header("device") @Nullable String device,
      @Header("asset") @Nullable String asset) {
    String tenant = CallerContext.current().tenant();
    UUID of =
        device == null
            ? null
            : devices
                .find(tenant, device)
                .map(Device::id)
                .orElseThrow(() -> ProblemException.notFound("device", device));
    try {
      return events.list(
          new EventQuery(status, of, asset, Math.min(500, Page.limit(limit)), cursor));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("cursor", "expected a cursor that an earlier page gave");
    }
  }

  /** {@code POST /events/{id}/acknowledge}. */
  public EventView acknowledge(@Header("eventId") String event) {
    return change(() -> events.acknowledge(id(event), actor()));
  }

  /** {@code POST /events/{id}/dismiss {note?}}. */
  public EventView dismiss(@Header("eventId") String event, @Body byte @Nullable [] body) {
    String note = Fields.of(body).optionalText("note");
    return change(() -> events.dismiss(id(event), actor(), note));
  }

  /** {@code POST /events/{id}/shelve {minutes?, note?}}: eight hours unless minutes are given. */
  public EventView shelve(@Header("eventId") String event, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    String minutes = fields.text("minutes", Long.toString(SHELVED.toMinutes()));
    if (!minutes.matches("[1-9]\\d{0,5}")) {
      throw ProblemException.badField("minutes", "expected a number of minutes from 1 to 999999");
    }
    Instant until = Instant.now().plus(Duration.ofMinutes(Long.parseLong(minutes)));
    return change(() -> events.shelve(id(event), actor(), until, fields.optionalText("note")));
  }

  private static EventView change(Supplier<EventView> change) {
    try {
      return change.get();
    } catch (EventStateException e) {
      throw e.absent()
          ? ProblemException.notFound("event", "")
          : ProblemException.conflict("status", String.valueOf(e.getMessage()));
    }
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
