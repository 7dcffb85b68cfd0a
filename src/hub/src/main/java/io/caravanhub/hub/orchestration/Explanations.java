package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The stored explanations of the thread's tenant. Thread-safe. */
@Component
public class Explanations {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private final JdbcClient jdbc;

  Explanations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One decision about an event.
   *
   * @param cause {@code raised}, {@code worse}, {@code waited}, or {@code recorded} when no policy
   *     was asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Decision(
      Instant at,
      String cause,
      String summary,
      @Nullable JsonNode policies,
      @Nullable JsonNode actions) {}

  void keep(UUID event, String cause, Explanation explanation) {
    jdbc.sql(
            """
            insert into event_explanations (tenant_id, event_id, at, cause, summary, policies, actions)
            values (hub_tenant(), ?, clock_timestamp(), ?, ?, cast(? as jsonb), cast(? as jsonb))
            """)
        .params(
            event,
            cause,
            explanation.summary(),
            text(explanation.policies()),
            text(explanation.actions()))
        .update();
  }

  /** What was decided about an event, newest first; empty when there is no such event. */
  public List<Decision> of(UUID event) {
    return jdbc.sql(
            """
            select at, cause, summary, policies::text as policies, actions::text as actions
              from event_explanations where event_id = ? order by id desc limit 200
            """)
        .params(event)
        .query(
            (row, n) ->
                new Decision(
                    row.getTimestamp("at").toInstant(),
                    row.getString("cause"),
                    row.getString("summary"),
                    PolicyRows.tree(row.getString("policies")),
                    PolicyRows.tree(row.getString("actions"))))
        .list();
  }

  private static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an explanation cannot be written", e);
    }
  }
}
