package io.caravanhub.hub.console;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What devices of a type have sent: dead letters that are kept, and the raw archive. */
@Component
class TypePayloads {
  private static final int EACH = 25;
  private static final int LAID_OUT = 200_000;

  private final JdbcClient jdbc;

  TypePayloads(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest of the tenant in force, newest first. */
  List<PayloadPick> newest(String type) {
    List<PayloadPick> found = new ArrayList<>();
    found.addAll(
        read(
            """
            select 'dead-letter' as source, l.created_at as at, d.id::text as device, d.serial, l.payload
              from dead_letters l
              join devices d on d.device_type = :type and (l.device = d.serial or l.device = d.id::text)
             where l.status = 'kept' and l.payload is not null order by l.created_at desc limit :limit\
            """,
            type));
    found.addAll(
        read(
            """
            select 'archive' as source, r.received_at as at, d.id::text as device, d.serial, r.payload
              from devices d
              cross join lateral (select m.received_at, m.payload from raw_messages m where m.tenant_id = d.tenant_id and m.device_id = d.id
                                   order by m.received_at desc limit :limit) r
             where d.device_type = :type and d.parent_id is null order by r.received_at desc limit :limit\
            """,
            type));
    found.sort(
        Comparator.comparing((PayloadPick pick) -> Objects.requireNonNullElse(pick.at(), ""))
            .reversed());
    return found;
  }

  private List<PayloadPick> read(String sql, String type) {
    return jdbc.sql(sql).param("type", type).param("limit", EACH).query(TypePayloads::pick).list();
  }

  private static PayloadPick pick(ResultSet row, int number) throws SQLException {
    byte[] payload = row.getBytes("payload");
    String text = text(payload);
    return new PayloadPick(
        row.getString("source"),
        row.getTimestamp("at").toInstant().toString(),
        row.getString("device"),
        row.getString("serial"),
        null,
        text == null
            ? null
            : text.length() > LAID_OUT
                ? text
                : PayloadLine.join(PayloadLine.layOut(text, null, LAID_OUT)),
        text == null ? Base64.getEncoder().encodeToString(payload) : null);
  }

  private static @Nullable String text(byte[] payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
