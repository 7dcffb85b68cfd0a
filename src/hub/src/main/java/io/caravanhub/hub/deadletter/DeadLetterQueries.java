package io.caravanhub.hub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The dead-letter calls of the API. Thread-safe. */
@Component("deadLetterQueries")
public class DeadLetterQueries {
  private static final String LETTER = "hub-dead-letter";
  private static final int SHOWN = 4_000;

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  public DeadLetterQueries(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** {@code GET /dead-letters}, newest first. */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("status") @Nullable String status) {
    int size = Page.limit(limit);
    List<Map<String, Object>> found =
        jdbc.sql(
                """
                select * from dead_letters
                 where (:status::text is null or status = :status)
                   and (:after::text is null or (created_at, id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                 order by created_at desc, id desc limit :limit\
                """)
            .param("status", status)
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query((row, n) -> letter(row))
            .list();
    return Page.of(found, size, letter -> letter.get("created_at") + " " + letter.get("id"));
  }

  /**
   * For {@code POST /dead-letters/{id}/replay}: the message as it came, its headers back in place.
   */
  public void recall(Exchange exchange) {
    Message message = exchange.getMessage();
    String id = message.getHeader("letterId", String.class);
    Map<String, Object> row =
        jdbc
            .sql(
                "select payload, headers::text as headers from dead_letters where id::text = ? and status = 'kept'")
            .params(id)
            .query()
            .listOfRows()
            .stream()
            .findFirst()
            .orElseThrow(() -> ProblemException.notFound("kept dead letter", id));
    exchange.setProperty(LETTER, new Letter(CallerContext.current().tenant(), id));
    message.removeHeaders("*");
    message.setBody(row.get("payload"));
    headers(String.valueOf(row.get("headers")))
        .forEach((name, value) -> message.setHeader(String.valueOf(name), value));
    if ("mqtt".equals(message.getHeader(TelemetryHeaders.SOURCE))) {
      // The device may have another mapping by now.
      message.removeHeader(TelemetryHeaders.MAPPING);
    }
  }

  /** The replay went through. */
  public Map<String, Object> replayed(Exchange exchange) {
    Letter letter = exchange.getProperty(LETTER, Letter.class);
    TenantScope.run(
        letter.tenant(),
        () ->
            jdbc.sql(
                    "update dead_letters set status = 'replayed', tries = tries + 1 where id::text = ?")
                .params(letter.id())
                .update());
    return Map.of("id", letter.id(), "status", "replayed");
  }

  /** The message still cannot be used: the same letter stays, with today's reason. */
  public void stillUnusable(Exchange exchange) {
    Letter letter = exchange.getProperty(LETTER, Letter.class);
    Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    String field = cause instanceof UnusableMessageException u ? u.field() : "body";
    String reason =
        cause instanceof UnusableMessageException u
            ? u.reason()
            : String.valueOf(cause.getMessage());
    TenantScope.run(
        letter.tenant(),
        () ->
            jdbc.sql(
                    "update dead_letters set field = ?, reason = left(?, 2000), tries = tries + 1 where id::text = ?")
                .params(field.replace('\0', '?'), reason.replace('\0', '?'), letter.id())
                .update());
    exchange.setProperty(Exchange.EXCEPTION_CAUGHT, ProblemException.unusable(field, reason));
  }

  /** What follows a replay runs on a thread without tenant. */
  private record Letter(String tenant, String id) {}

  private Map<?, ?> headers(String kept) {
    try {
      return json.readValue(kept, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> letter(ResultSet row) throws SQLException {
    byte[] payload = row.getBytes("payload");
    String text = new String(payload, 0, Math.min(payload.length, SHOWN), StandardCharsets.UTF_8);
    Map<String, Object> letter = new LinkedHashMap<>();
    letter.put("id", row.getString("id"));
    letter.put("device", row.getString("device"));
    letter.put("source", row.getString("source"));
    letter.put("field", row.getString("field"));
    letter.put("reason", row.getString("reason"));
    letter.put("payload", text);
    letter.put("payload_bytes", payload.length);
    letter.put("tries", row.getInt("tries"));
    letter.put("status", row.getString("status"));
    letter.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    return letter;
  }
}
