package io.caravanhub.hub.console;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Dead letters of the tenant in force. */
@Component
class DeadLetterList {
  private static final int PREVIEW_BYTES = 600;

  private final JdbcClient jdbc;

  DeadLetterList(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Those still kept; counting stops at ten thousand, which is as good as any number above. */
  int count() {
    return jdbc.sql(
            "select count(*) from (select from dead_letters where status = 'kept' limit 10000) kept")
        .query(Integer.class)
        .single();
  }

  /** Newest first, created before a moment. */
  List<DeadLetterLine> page(Instant before, int limit) {
    return jdbc.sql(
            """
            select id, device, source, field, reason, substring(payload for :preview) as preview, length(payload) as size, tries, status, created_at
              from dead_letters where created_at < :before order by created_at desc limit :limit
            """)
        .param("preview", PREVIEW_BYTES)
        .param("before", OffsetDateTime.ofInstant(before, ZoneOffset.UTC))
        .param("limit", limit)
        .query(
            (row, n) ->
                new DeadLetterLine(
                    row.getString("id"),
                    row.getString("device"),
                    row.getString("source"),
                    row.getString("field"),
                    row.getString("reason"),
                    printable(row.getBytes("preview")),
                    row.getInt("size"),
                    row.getInt("tries"),
                    row.getString("status"),
                    EventList.moment(row, "created_at")))
        .list();
  }

  /** Text as it is; a payload that is not text as hexadecimal bytes. */
  static String printable(byte[] payload) {
    String text = new String(payload, StandardCharsets.UTF_8);
    long odd =
        text.chars()
            .filter(c -> c == 0xFFFD || (c < ' ' && c != '\n' && c != '\r' && c != '\t'))
            .count();
    if (odd * 10 <= text.length()) {
      return text;
    }
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(payload.length, 128); i++) {
      hex.append(String.format("%02x ", payload[i]));
    }
    return hex.toString().strip();
  }
}
