package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The stored explanations of an event. */
@Component
class DecisionReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 20;

  private final JdbcClient jdbc;

  DecisionReader(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Newest first. */
  List<Decision> of(String event) {
    return jdbc.sql(
            """
            select at, cause, summary, policies::text as policies, actions::text as actions
              from event_explanations where event_id = cast(:event as uuid) order by id desc limit :most
            """)
        .param("event", event)
        .param("most", MOST)
        .query(DecisionReader::decision)
        .list();
  }

  private static Decision decision(ResultSet row, int n) throws SQLException {
    List<Decision.Look> looks = new ArrayList<>();
    tree(row.getString("policies"))
        .forEach(
            look ->
                looks.add(
                    new Decision.Look(
                        look.path("policy").asText(),
                        look.path("matched").asBoolean(),
                        look.path("reason").asText(""))));
    List<Decision.Outcome> outcomes = new ArrayList<>();
    tree(row.getString("actions")).forEach(action -> outcomes.add(outcome(action)));
    return new Decision(
        EventList.moment(row, "at"),
        row.getString("cause"),
        row.getString("summary"),
        looks,
        outcomes);
  }

  static Decision.Outcome outcome(JsonNode action) {
    JsonNode until = action.path("heldUntil");
    return new Decision.Outcome(
        action.path("policy").asText(),
        action.path("kind").asText(),
        action.path("outcome").asText(),
        text(action.path("externalIdentifier")),
        action.path("priority").isInt() ? action.path("priority").intValue() : null,
        action.path("reason").asText(""),
        action.path("downgraded").asBoolean(),
        until.isTextual() ? Instant.parse(until.asText()) : null);
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() ? node.asText() : null;
  }

  private static JsonNode tree(@Nullable String json) {
    try {
      return JSON.readTree(json == null ? "[]" : json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }
}
