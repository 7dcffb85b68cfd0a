package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.orchestration.Grouping;
import io.caravanhub.hub.registry.Audit;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The action calls of the API. Thread-safe. */
@Component("actionCalls")
public class ActionCalls {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SELECT =
      "select a.*, coalesce(a.payload ->> 'title', e.message) as title from actions a join events e on e.id = a.event_id ";

  private final JdbcClient jdbc;
  private final Audit audit;
  private final DispatcherBell bell;

  public ActionCalls(JdbcClient jdbc, Audit audit, DispatcherBell bell) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.bell = bell;
  }

  /** An action as the API shows it. */
  public record ActionView(
      UUID id,
      String kind,
      String state,
      String externalIdentifier,
      UUID eventId,
      int attempts,
      @Nullable String lastError,
      @Nullable String fsmId,
      @Nullable String title,
      boolean joined,
      Instant nextAttemptAt,
      Instant createdAt,
      Instant updatedAt) {}

  /** An action with all that its call is made of, and the events it is for. */
  public record ActionDetail(
      @JsonUnwrapped ActionView action, JsonNode payload, List<UUID> eventIds) {

    /** Its entity tag: any change of the action makes another. */
    @JsonIgnore
    public String tag() {
      return "\"" + ChronoUnit.MICROS.between(Instant.EPOCH, action.updatedAt()) + "\"";
    }
  }

  /** {@code GET /actions}, newest first. */
  public Page<ActionView> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("state") @Nullable String state) {
    int size = Page.limit(limit);
    List<ActionView> found =
        jdbc.sql(
                SELECT
                    + """
                 where (cast(:state as text) is null or a.state = :state)
                   and (cast(:after as text) is null
                        or (a.created_at, a.id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                 order by a.created_at desc, a.id desc limit :limit\
                """)
            .param("state", state)
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query(ActionCalls::view)
            .list();
    return Page.of(found, size, action -> action.createdAt() + " " + action.id());
  }

  /** {@code GET /actions/{a}}. */
  public ActionDetail get(@Header("actionId") String id) {
    UUID key = key(id);
    ActionView action = require(id);
    String payload =
        jdbc.sql("select payload::text from actions where id = ?")
            .params(key)
            .query(String.class)
            .single();
    List<UUID> events =
        jdbc.sql("select event_id from event_actions where action_id = ? order by created_at")
            .params(key)
            .query(UUID.class)
            .list();
    return new ActionDetail(action, json(payload), events);
  }

  /** {@code GET /actions/{a}}, with its entity tag. */
  public ActionDetail show(Exchange exchange, @Header("actionId") String id) {
    ActionDetail action = get(id);
    exchange.setProperty(Answers.TAG, action.tag());
    return action;
  }

  /** {@code PATCH /actions/{a}}: as {@link #update}, with the entity tags of the call. */
  @Transactional
  public ActionDetail patch(Exchange exchange, @Header("actionId") String id, @Body byte[] body) {
    String match = exchange.getMessage().getHeader("If-Match", String.class);
    ActionDetail action = update(id, body, match);
    exchange.setProperty(Answers.TAG, action.tag());
    return action;
  }

  /**
   * Changes what an action's call is made of, while it has not been sent.
   *
   * @param body {@code {"payload": …}}, a merge patch (RFC 7396)
   * @param match entity tag of the action that was seen, or null
   */
  @Transactional
  public ActionDetail update(String id, byte[] body, @Nullable String match) {
    Fields fields = Fields.of(body);
    fields.only(List.of("payload"));
    String given = fields.object("payload");
    if (given == null) {
      throw ProblemException.badField("payload", "absent: expected an object");
    }
    // What the hub adds to it meanwhile is not to be lost.
    jdbc.sql("select id from actions where id = ? for update")
        .params(key(id))
        .query(UUID.class)
        .optional();
    ActionDetail before = get(id);
    if (match != null && !match.isBlank() && !match.strip().equals("*")) {
      boolean seen =
          Arrays.stream(match.split(","))
              .map(tag -> tag.strip().replaceFirst("^W/", ""))
              .anyMatch(before.tag()::equals);
      if (!seen) {
        throw ProblemException.changed(
            "the action was changed at " + before.action().updatedAt() + "; get it again");
      }
    }
    JsonNode merged = merged(before.payload().deepCopy(), json(given));
    String external = merged.at("/action/externalIdentifier").asText();
    if (!external.equals(before.action().externalIdentifier())) {
      throw ProblemException.badField(
          "payload/action/externalIdentifier", "it cannot be changed: a retry is known by it");
    }
    change(
        id,
        "payload = cast(:payload as jsonb)",
        List.of("PLANNED", "HELD", "DEAD"),
        merged.toString(),
        "edited");
    audit.record("action.update", "action:" + id, before.payload(), merged);
    return get(id);
  }

  /**
   * {@code POST /actions/{a}/retry}: one that is dead, held or waiting goes out now. What may have
   * arrived where the tenant is connected again is looked up first.
   */
  @Transactional
  public ActionDetail retry(@Header("actionId") String id) {
    ActionView before = require(id);
    // As who plans does, so that neither makes a second job unseen by the other.
    jdbc.sql(
            "select tenant_id, asset, family from actions where id = ? and asset <> '' and state = 'DEAD'")
        .params(key(id))
        .query((row, n) -> Grouping.lock(row.getString(1), row.getString(2), row.getString(3)))
        .optional()
        .ifPresent(
            lock ->
                jdbc.sql("select pg_advisory_xact_lock(?)")
                    .params(lock)
                    .query((row, n) -> "")
                    .single());
    boolean another =
        jdbc.sql(
                """
                select exists (select from actions a join actions b on b.asset = a.asset and b.family = a.family and b.kind = a.kind and b.id <> a.id
                                where a.id = ? and a.state = 'DEAD' and b.state not in ('COMPLETED', 'CANCELLED', 'DEAD'))\
                """)
            .params(key(id))
            .query(Boolean.class)
            .single();
    if (another) {
      throw ProblemException.conflict(
          "actionId", "another action for the same problem is under way; a second job is not made");
    }
    change(
        id,
        // The attempts go on: by their number one that is still out is told from the next.
        "next_attempt_at = now(), last_error = null, held_until = null, payload = payload #- '{action,heldFor}', state = case when state = 'UNKNOWN'"
            + " or state = 'HELD' and last_error like '"
            + Outbox.ELSEWHERE
            + "%' and connection_id is not distinct from coalesce((select c.id from fsm_connections c where c.state = 'enabled'), connection_id)"
            + " then 'UNKNOWN' else 'PLANNED' end",
        List.of("PLANNED", "HELD", "DEAD", "UNKNOWN"),
        null,
        "retried");
    audit.record("action.retry", "action:" + id, before.state(), null);
    bell.ring();
    return get(id);
  }

  /** {@code POST /actions/{a}/hold}: it waits until somebody tells it to go out. */
  @Transactional
  public ActionDetail hold(@Header("actionId") String id) {
    change(
        id,
        "state = 'HELD', held_until = null, payload = payload #- '{action,heldFor}'",
        List.of("PLANNED", "HELD"),
        null,
        "held");
    audit.record("action.hold", "action:" + id, null, null);
    return get(id);
  }

  /** {@code POST /actions/{a}/cancel}: it never goes out. */
  @Transactional
  public ActionDetail cancel(@Header("actionId") String id) {
    change(
        id,
        "state = 'CANCELLED'",
        List.of("PLANNED", "HELD", "DEAD", "CANCELLED"),
        null,
        "cancelled");
    audit.record("action.cancel", "action:" + id, null, null);
    return get(id);
  }

  /** {@code POST /actions/{a}/arrived}: a person has found it in the FSM, under this id. */
  @Transactional
  public ActionDetail arrived(@Header("actionId") String id, @Body byte[] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("fsm_id"));
    String fsmId = fields.text("fsm_id");
    change(
        id,
        "state = 'ACCEPTED', last_error = null, next_attempt_at = now(), fsm_id = cast(:payload as text),"
            + " connection_id = case when claimed_by is null then (select c.id from fsm_connections c where c.state = 'enabled')"
            + " else connection_id end",
        List.of("HELD", "UNKNOWN", "DEAD"),
        fsmId,
        "said to have arrived");
    audit.record("action.arrived", "action:" + id, null, fsmId);
    return get(id);
  }

  private void change(
      String id, String set, List<String> allowed, @Nullable String payload, String verb) {
    ActionView before = require(id);
    JdbcClient.StatementSpec update =
        jdbc.sql(
                "update actions set "
                    + set
                    + ", updated_at = now() where id = :id and state in (:allowed)")
            .param("id", key(id))
            .param("allowed", allowed);
    if ((payload == null ? update : update.param("payload", payload)).update() == 0) {
      throw ProblemException.conflict(
          "actionId", "an action that is " + before.state() + " cannot be " + verb);
    }
  }

  private ActionView require(String id) {
    return jdbc.sql(SELECT + "where a.id = ?")
        .params(key(id))
        .query(ActionCalls::view)
        .optional()
        .orElseThrow(() -> ProblemException.notFound("action", id));
  }

  private static UUID key(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound("action", id);
    }
  }

  private static JsonNode merged(JsonNode before, JsonNode patch) {
    if (!(before instanceof ObjectNode object) || !patch.isObject()) {
      return patch;
    }
    patch
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                object.remove(field.getKey());
              } else {
                object.set(field.getKey(), merged(object.path(field.getKey()), field.getValue()));
              }
            });
    return object;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActionView view(ResultSet row, int number) throws SQLException {
    return new ActionView(
        row.getObject("id", UUID.class),
        row.getString("kind"),
        row.getString("state"),
        row.getString("external_identifier"),
        row.getObject("event_id", UUID.class),
        row.getInt("attempts"),
        row.getString("last_error"),
        row.getString("fsm_id"),
        row.getString("title"),
        row.getBoolean("joined"),
        row.getTimestamp("next_attempt_at").toInstant(),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }
}
