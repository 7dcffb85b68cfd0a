package io.caravanhub.hub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Sends a kept message through the pipeline again and notes what came of it. What is stored has the
 * keys that it always would have had, so replaying twice stores once. Thread-safe.
 */
@Component
public class LetterReplay {
  private static final String AGAIN = "direct:dead-letter.again";

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final ProducerTemplate template;

  public LetterReplay(JdbcClient jdbc, ObjectMapper json, ProducerTemplate template) {
    this.jdbc = jdbc;
    this.json = json;
    this.template = template;
  }

  /** How a replay ended. */
  public enum Fate {
    /** Stored. */
    REPLAYED,
    /** It still cannot be used; the letter stays, with today's field and reason. */
    UNUSABLE,
    /** The store is behind or away; nothing changed, try again. */
    BUSY,
    /** There is no such letter, or it is not kept any more. */
    ABSENT
  }

  /** How a replay ended, and why where it did not go through. */
  public record Outcome(Fate fate, @Nullable String field, @Nullable String reason) {}

  private record Kept(byte[] payload, String headers) {}

  /**
   * Replays one letter of the tenant.
   *
   * @param edited what to send instead of the payload that came, or null; it is kept beside it
   * @param actor who asked for it
   */
  public Outcome replay(String tenant, String id, byte @Nullable [] edited, String actor) {
    return TenantScope.call(tenant, () -> replayOwn(id, edited, actor));
  }

  private Outcome replayOwn(String id, byte @Nullable [] edited, String actor) {
    Optional<Kept> found =
        jdbc.sql(
                "select payload, headers::text from dead_letters where id::text = ? and status = 'kept'")
            .params(id)
            .query((row, n) -> new Kept(row.getBytes(1), row.getString(2)))
            .optional();
    if (found.isEmpty()) {
      return new Outcome(Fate.ABSENT, null, null);
    }
    Long edit = edited == null ? null : keepEdit(id, edited, actor);
    Exchange exchange =
        template.send(AGAIN, message(found.get(), edited == null ? found.get().payload : edited));
    Outcome outcome = outcome(exchange.getException());
    note(id, outcome, actor);
    if (edit != null) {
      jdbc.sql("update dead_letter_edits set outcome = left(?, 2000) where id = ?")
          .params(said(outcome), edit)
          .update();
    }
    return outcome;
  }

  private Long keepEdit(String id, byte[] edited, String actor) {
    return jdbc.sql(
            "insert into dead_letter_edits (tenant_id, letter_id, payload, actor) values (hub_tenant(), ?::uuid, ?, ?) returning id")
        .params(id, edited, actor)
        .query(Long.class)
        .single();
  }

  private Exchange message(Kept kept, byte[] payload) {
    Exchange exchange = new DefaultExchange(template.getCamelContext());
    exchange.getMessage().setBody(payload);
    headers(kept.headers)
        .forEach((name, value) -> exchange.getMessage().setHeader(String.valueOf(name), value));
    forgetMapping(exchange.getMessage());
    return exchange;
  }

  /**
   * The device may have another mapping by now. One that a connector named (its source is {@code
   * webhook:<oem>} or the like) is the connector's and stays.
   */
  public static void forgetMapping(Message message) {
    if (!message.getHeader(TelemetryHeaders.SOURCE, "", String.class).contains(":")) {
      message.removeHeader(TelemetryHeaders.MAPPING);
    }
  }

  private void note(String id, Outcome outcome, String actor) {
    switch (outcome.fate) {
      case REPLAYED ->
          jdbc.sql(
                  """
                  update dead_letters set status = 'replayed', tries = tries + 1, last_try_at = now(), settled_at = now(), settled_by = ?
                   where id::text = ?\
                  """)
              .params(actor, id)
              .update();
      case UNUSABLE ->
          jdbc.sql(
                  "update dead_letters set field = ?, reason = left(?, 2000), tries = tries + 1, last_try_at = now() where id::text = ?")
              .params(storable(outcome.field), storable(outcome.reason), id)
              .update();
      default -> {
        // The store gave no verdict on the message.
      }
    }
  }

  private static Outcome outcome(@Nullable Exception cause) {
    if (cause == null) {
      return new Outcome(Fate.REPLAYED, null, null);
    }
    if (cause instanceof UnusableMessageException u) {
      return new Outcome(Fate.UNUSABLE, u.field(), u.reason());
    }
    String reason = String.valueOf(cause.getMessage());
    if (cause instanceof MappingException m) {
      return new Outcome(Fate.UNUSABLE, m.field() == null ? "body" : m.field(), reason);
    }
    return new Outcome(Fate.BUSY, "body", reason);
  }

  private static String said(Outcome outcome) {
    return switch (outcome.fate) {
      case REPLAYED -> "replayed";
      case UNUSABLE -> storable(outcome.field) + ": " + storable(outcome.reason);
      default -> "not now: " + storable(outcome.reason);
    };
  }

  private static String storable(@Nullable String text) {
    return text == null ? "" : text.replace('\0', '?');
  }

  private Map<?, ?> headers(String kept) {
    try {
      return json.readValue(kept, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
