package io.caravanhub.hub.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The calls that tell many events the same: {@code POST /events/acknowledge {"ids": […]}}. Each is
 * told by itself; what became of it is said for each. Thread-safe.
 */
@Component("eventBulk")
public class EventBulk {
  private static final int IDS_MAX = 500;

  private final EventCalls calls;
  private final ObjectMapper json;

  public EventBulk(EventCalls calls, ObjectMapper json) {
    this.calls = calls;
    this.json = json;
  }

  /**
   * What became of one.
   *
   * @param changed whether it was done
   * @param status its status after it, or null when there is no such event
   * @param reason why it was not done, or null
   */
  public record Result(
      String id, boolean changed, @Nullable String status, @Nullable String reason) {}

  /** What became of all, in their order. */
  public record Results(int changed, int refused, List<Result> results) {}

  /** {@code POST /events/acknowledge {ids, note?}}. */
  public Results acknowledge(@Body byte @Nullable [] body) {
    return tell(EventCommand.ACKNOWLEDGE, body);
  }

  /** {@code POST /events/dismiss {ids, reason?, note?}}. */
  public Results dismiss(@Body byte @Nullable [] body) {
    return tell(EventCommand.DISMISS, body);
  }

  /** {@code POST /events/shelve {ids, minutes?, until?, note?}}. */
  public Results shelve(@Body byte @Nullable [] body) {
    return tell(EventCommand.SHELVE, body);
  }

  private Results tell(EventCommand command, byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    List<Result> results = new ArrayList<>();
    for (String id : ids(body)) {
      results.add(tell(command, id, fields));
    }
    int changed = (int) results.stream().filter(Result::changed).count();
    return new Results(changed, results.size() - changed, results);
  }

  private Result tell(EventCommand command, String id, Fields fields) {
    try {
      EventView event = calls.tell(UUID.fromString(id), command, fields);
      return new Result(id, true, event.status(), null);
    } catch (EventStateException e) {
      return new Result(id, false, e.status(), e.getMessage());
    } catch (IllegalArgumentException e) {
      return new Result(id, false, null, "not the id of an event");
    }
  }

  private Set<String> ids(byte @Nullable [] body) {
    Set<String> ids = new LinkedHashSet<>();
    try {
      JsonNode told = body == null ? null : json.readTree(body).path("ids");
      if (told != null && told.isArray()) {
        told.forEach(id -> ids.add(id.asText()));
      }
    } catch (IOException e) {
      throw ProblemException.badField("body", "is not JSON");
    }
    if (ids.isEmpty() || ids.size() > IDS_MAX) {
      throw ProblemException.badField("ids", "expected a list of 1 to " + IDS_MAX + " ids");
    }
    return ids;
  }
}
