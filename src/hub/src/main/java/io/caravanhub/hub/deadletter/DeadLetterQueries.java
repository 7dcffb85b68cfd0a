package io.caravanhub.hub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Dead letters of the tenant in force, in lists and one by one. Thread-safe. */
@Component("deadLetterQueries")
public class DeadLetterQueries {
  private static final int SHOWN = 4_000;
  private static final int COUNTED_MAX = 10_000;
  private static final String COLUMNS =
      "id, device, source, field, reason, tries, status, created_at, last_try_at, settled_at, settled_by, length(payload) as size,"
          + " headers ->> 'hub-mapping' as mapping";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  public DeadLetterQueries(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** {@code GET /dead-letters}, newest first, with the beginning of each payload. */
  public Page<Map<String, Object>> list(Exchange exchange) {
    Message message = exchange.getMessage();
    Map<String, Object> given = new HashMap<>();
    for (String name : LetterFilter.NAMES) {
      given.put(name, message.getHeader(name, String.class));
    }
    return list(
        LetterFilter.of(Fields.of(given)),
        Page.limit(message.getHeader("limit", String.class)),
        message.getHeader("cursor", String.class));
  }

  /** Letters that the filter names, newest first. */
  public Page<Map<String, Object>> list(LetterFilter filter, int size, @Nullable String cursor) {
    List<Map<String, Object>> found =
        jdbc.sql(
                "select "
                    + COLUMNS
                    + ", substring(payload for :shown) as payload from dead_letters where "
                    + LetterFilter.WHERE
                    + """
                    and (:after::text is null or (created_at, id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                    order by created_at desc, id desc limit :limit\
                    """)
            .params(filter.parameters())
            .param("shown", SHOWN)
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query(
                (row, n) -> {
                  Map<String, Object> letter = letter(row);
                  letter.put(
                      "payload", new String(row.getBytes("payload"), StandardCharsets.UTF_8));
                  return letter;
                })
            .list();
    return Page.of(found, size, letter -> letter.get("created_at") + " " + letter.get("id"));
  }

  /** How many the filter names; counting stops at ten thousand. */
  public int count(LetterFilter filter) {
    return jdbc.sql(
            "select count(*) from (select from dead_letters where "
                + LetterFilter.WHERE
                + " limit "
                + COUNTED_MAX
                + ") counted")
        .params(filter.parameters())
        .query(Integer.class)
        .single();
  }

  /** {@code GET /dead-letters/{l}}: the whole of it, with what was tried in its place. */
  public Map<String, Object> get(@Header("letterId") String id) {
    Map<String, Object> letter =
        jdbc
            .sql(
                "select "
                    + COLUMNS
                    + ", payload, headers::text as headers from dead_letters where id::text = ?")
            .params(id)
            .query(
                (row, n) -> {
                  Map<String, Object> found = letter(row);
                  LetterText.put(found, row.getBytes("payload"));
                  found.put("headers", headers(row.getString("headers")));
                  return found;
                })
            .list()
            .stream()
            .findFirst()
            .orElseThrow(() -> ProblemException.notFound("dead letter", id));
    letter.put("edits", edits(id));
    return letter;
  }

  /** Ids of kept letters after a position, oldest first: for work that goes through them all. */
  public List<Position> after(LetterFilter filter, @Nullable String position, int limit) {
    return jdbc.sql(
            "select created_at, id::text as id from dead_letters where "
                + LetterFilter.WHERE
                + """
                and (:after::text is null or (created_at, id) > (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                order by created_at, id limit :limit\
                """)
        .params(filter.parameters())
        .param("after", position)
        .param("limit", limit)
        .query(
            (row, n) ->
                new Position(row.getTimestamp("created_at").toInstant(), row.getString("id")))
        .list();
  }

  /** A letter's place in the order of creation. */
  public record Position(Instant createdAt, String id) {
    /** As {@link #after} takes it. */
    public String text() {
      return createdAt + " " + id;
    }
  }

  private List<Map<String, Object>> edits(String id) {
    return jdbc.sql(
            "select payload, actor, outcome, created_at from dead_letter_edits where letter_id = ?::uuid order by id desc limit 50")
        .params(id)
        .query(
            (row, n) -> {
              Map<String, Object> edit = new LinkedHashMap<>();
              edit.put("at", row.getTimestamp("created_at").toInstant().toString());
              edit.put("actor", row.getString("actor"));
              edit.put("outcome", row.getString("outcome"));
              LetterText.put(edit, row.getBytes("payload"));
              return edit;
            })
        .list();
  }

  private Map<?, ?> headers(String kept) {
    try {
      return json.readValue(kept, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> letter(ResultSet row) throws SQLException {
    Map<String, Object> letter = new LinkedHashMap<>();
    letter.put("id", row.getString("id"));
    letter.put("device", row.getString("device"));
    letter.put("source", row.getString("source"));
    letter.put("field", row.getString("field"));
    letter.put("reason", row.getString("reason"));
    letter.put("mapping", row.getString("mapping"));
    letter.put("payload_bytes", row.getInt("size"));
    letter.put("tries", row.getInt("tries"));
    letter.put("status", row.getString("status"));
    letter.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    letter.put("last_try_at", row.getTimestamp("last_try_at").toInstant().toString());
    Timestamp settled = row.getTimestamp("settled_at");
    if (settled != null) {
      letter.put("settled_at", settled.toInstant().toString());
      letter.put("settled_by", row.getString("settled_by"));
    }
    return letter;
  }
}
