package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.fsm.ActionCalls;
import io.caravanhub.hub.fsm.ActionCalls.ActionDetail;
import io.caravanhub.hub.fsm.OrderLinks;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Reads an action with its events and what was done about it. Thread-safe. */
@Component
class OrderReader {
  private final JdbcClient jdbc;
  private final OrderList orders;
  private final ActionCalls calls;
  private final OrderLinks links;
  private final ObjectMapper json;

  OrderReader(
      JdbcClient jdbc, OrderList orders, ActionCalls calls, OrderLinks links, ObjectMapper json) {
    this.links = links;
    this.jdbc = jdbc;
    this.orders = orders;
    this.calls = calls;
    this.json = json;
  }

  /** The action; a page that is not there otherwise. */
  OrderDetail read(String id) {
    try {
      ActionDetail action = calls.get(id);
      return new OrderDetail(
          orders.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND)),
          action.action().externalIdentifier(),
          json.writerWithDefaultPrettyPrinter().writeValueAsString(action.payload()),
          links.of(UUID.fromString(id)).orElse(null),
          action.payload().at("/action/heldFor").asText(""),
          heldUntil(id),
          mark(action.payload()),
          action.action().joined(),
          action.action().nextAttemptAt(),
          action.action().updatedAt(),
          events(id),
          steps(id));
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Another text when what its call is made of is another; attempts and states do not count. */
  static String mark(JsonNode payload) {
    return UUID.nameUUIDFromBytes(payload.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private @Nullable Instant heldUntil(String id) {
    return jdbc.sql(
            "select held_until from actions where id = cast(? as uuid) and state = 'HELD' and held_until is not null")
        .params(id)
        .query((row, n) -> EventList.moment(row, "held_until"))
        .optional()
        .orElse(null);
  }

  private List<OrderDetail.About> events(String id) {
    return jdbc.sql(
            """
            select e.id::text, e.message, e.severity, e.opened_at from event_actions l join events e on e.id = l.event_id
             where l.action_id = cast(? as uuid) order by l.created_at limit 50\
            """)
        .params(id)
        .query(
            (row, n) ->
                new OrderDetail.About(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getTimestamp(4).toInstant()))
        .list();
  }

  private List<OrderDetail.Step> steps(String id) {
    return jdbc.sql(
            """
            select at, actor, verb, coalesce(after ->> 'error', case jsonb_typeof(after) when 'string' then after #>> '{}' end, '') from audit
             where subject in ('action:' || :id, 'action/' || :id) order by at desc, id desc limit 50\
            """)
        .param("id", id)
        .query(
            (row, n) ->
                new OrderDetail.Step(
                    row.getTimestamp(1).toInstant(),
                    row.getString(2),
                    row.getString(3).replaceFirst("^action\\.", ""),
                    row.getString(4)))
        .list();
  }
}
