package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Connections as the API shows them: which secrets are set, never what they are. Thread-safe. */
@Component
class ConnectionView {
  /** What stands for a secret that is set. */
  static final String MASK = "********";

  private static final String SELECT =
      """
      select id, oem, name, kind, state, devices, settings::text as settings, tenant_id, credentials, every_seconds, next_poll_at,
             last_poll_at, last_success_at, last_error, failures, polls, polls_failed, requests, messages, created_at,
             connected_at, last_message_at, lease_until,
             (select count(*) from connection_devices d where d.connection_id = c.id and d.vanished_at is null) as known_devices
        from connections c\
      """;

  private final JdbcClient jdbc;
  private final ConnectorCatalog connectors;
  private final ObjectMapper json;
  private final ConnectionSecrets secrets;

  ConnectionView(
      JdbcClient jdbc, ConnectorCatalog connectors, ObjectMapper json, ConnectionSecrets secrets) {
    this.jdbc = jdbc;
    this.connectors = connectors;
    this.json = json;
    this.secrets = secrets;
  }

  List<Map<String, Object>> list(@Nullable String oem) {
    return jdbc.sql(SELECT + " where ?::text is null or oem = ? order by oem, name limit 5000")
        .params(oem, oem)
        .query(this::view)
        .list();
  }

  Optional<Map<String, Object>> find(UUID id) {
    return jdbc.sql(SELECT + " where id = ?").params(id).query(this::view).optional();
  }

  private Map<String, Object> view(ResultSet row, int number) throws SQLException {
    Map<String, Object> view = new LinkedHashMap<>();
    for (String text : List.of("id", "oem", "name", "kind", "state", "devices")) {
      view.put(text, row.getString(text));
    }
    view.put("settings", settings(row));
    view.put("every_seconds", row.getObject("every_seconds"));
    view.put("health", health(row));
    for (String at : List.of("next_poll_at", "last_poll_at", "last_success_at", "created_at")) {
      view.put(at, moment(row, at));
    }
    if (row.getString("kind").equals("stream")) {
      view.put("connected_at", isHeld(row) ? moment(row, "connected_at") : null);
      view.put("last_message_at", moment(row, "last_message_at"));
    }
    view.put("last_error", row.getString("last_error"));
    for (String count :
        List.of("failures", "polls", "polls_failed", "requests", "messages", "known_devices")) {
      view.put(count, row.getLong(count));
    }
    return view;
  }

  private Map<String, Object> settings(ResultSet row) throws SQLException {
    Map<String, Object> shown = new LinkedHashMap<>();
    try {
      json.readTree(row.getString("settings"))
          .properties()
          .forEach(f -> shown.put(f.getKey(), f.getValue().asText()));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    Set<String> set = secretsSet(row);
    connectors
        .find(row.getString("oem"))
        .ifPresent(
            c ->
                c.settings().stream()
                    .filter(c::isSecret)
                    .filter(set::contains)
                    .forEach(secret -> shown.put(secret, MASK)));
    return shown;
  }

  private static @Nullable String moment(ResultSet row, String column) throws SQLException {
    Timestamp moment = row.getTimestamp(column);
    return moment == null ? null : moment.toInstant().toString();
  }

  /** Whether a hub has said in time that it holds the stream. */
  private static boolean isHeld(ResultSet row) throws SQLException {
    Timestamp until = row.getTimestamp("lease_until");
    return until != null && until.toInstant().isAfter(Instant.now());
  }

  /** Names of what is sealed; none when it was sealed under a key that this hub has not. */
  private Set<String> secretsSet(ResultSet row) throws SQLException {
    String owner = Connection.owner(row.getString("tenant_id"), row.getObject("id", UUID.class));
    try {
      return secrets.open(owner, row.getBytes("credentials")).keySet();
    } catch (SecretException e) {
      return Set.of();
    }
  }

  private static String health(ResultSet row) throws SQLException {
    if (row.getString("state").equals("paused")) {
      return "paused";
    }
    if (row.getInt("failures") > 0) {
      return row.getInt("failures") > 2 ? "failing" : "shaky";
    }
    // A poll may end well and have something to say: of one device that the cloud does not know.
    if (row.getString("last_error") != null) {
      return "shaky";
    }
    Timestamp next = row.getTimestamp("next_poll_at");
    boolean late =
        switch (row.getString("kind")) {
          case "poll" -> next.toInstant().isBefore(Instant.now().minus(Duration.ofMinutes(5)));
          case "stream" ->
              !isHeld(row) && next.toInstant().isBefore(Instant.now().minus(Duration.ofMinutes(1)));
          default -> false;
        };
    return late
        ? "late"
        : row.getTimestamp("last_success_at") == null && row.getTimestamp("connected_at") == null
            ? "new"
            : "good";
  }
}
