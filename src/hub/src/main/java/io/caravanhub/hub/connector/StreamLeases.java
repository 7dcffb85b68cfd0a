package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.Leases.Lease;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who holds which stream: as with {@link Leases}, but for as long as the stream is there. Whatever
 * is written names the epoch it was taken with. Thread-safe.
 */
@Component
class StreamLeases {
  /** How long a hub is waited for that says nothing any more. */
  static final Duration LEASE = Duration.ofSeconds(30);

  private final JdbcClient jdbc;
  private final ConnectionRows rows;
  private final String me;

  /** A stream as its row has it now. */
  record Held(long epoch, boolean enabled, Instant updatedAt) {}

  /**
   * What is to be said of a stream that goes on.
   *
   * @param latest when the last message came, or null
   * @param steady whether it has been there for some time
   */
  record News(Lease lease, long messages, @Nullable Instant latest, boolean steady) {}

  @Autowired
  StreamLeases(JdbcClient jdbc, ConnectionRows rows, Leases leases) {
    this(jdbc, rows, leases.owner());
  }

  /** As another hub. */
  StreamLeases(JdbcClient jdbc, ConnectionRows rows, String me) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.me = me;
  }

  /** Takes what nobody holds, of all tenants. */
  List<Lease> claim(int most) {
    long asked = System.nanoTime();
    return jdbc.sql("select * from claim_streams(?, make_interval(secs => ?), ?)")
        .params(me, LEASE.toSeconds(), most)
        .query(
            (row, n) ->
                new Lease(row.getString(1), row.getObject(2, UUID.class), row.getLong(3), asked))
        .list();
  }

  /** What this hub holds. */
  Map<UUID, Held> held() {
    Map<UUID, Held> held = new HashMap<>();
    jdbc.sql("select * from held_streams(?)")
        .params(me)
        .query(
            row -> {
              held.put(
                  row.getObject(1, UUID.class),
                  new Held(row.getLong(2), row.getBoolean(3), row.getTimestamp(4).toInstant()));
            });
    return held;
  }

  /**
   * When somebody changed the connection last, as the tenant in force; long ago when it is gone.
   */
  Instant updatedAt(UUID connection) {
    return jdbc.sql("select updated_at from connections where id = ?")
        .param(connection)
        .query((row, n) -> row.getTimestamp(1).toInstant())
        .optional()
        .orElse(Instant.EPOCH);
  }

  void renew(List<News> news) {
    jdbc.sql(
            "select renew_streams(?, make_interval(secs => ?), ?::uuid[], ?::bigint[], ?::bigint[], ?::timestamptz[], ?::boolean[])")
        .params(
            me,
            LEASE.toSeconds(),
            news.stream().map(n -> n.lease().connection().toString()).toArray(String[]::new),
            news.stream().map(n -> n.lease().epoch()).toArray(Long[]::new),
            news.stream().map(News::messages).toArray(Long[]::new),
            news.stream()
                .map(n -> n.latest() == null ? null : n.latest().toString())
                .toArray(String[]::new),
            news.stream().map(News::steady).toArray(Boolean[]::new))
        .query((row, n) -> "")
        .list();
  }

  /**
   * Notes that it is connected, and what the next hub is to know.
   *
   * @throws LeaseLostException when another hub has it now
   */
  void connected(Lease lease, Map<String, String> position) {
    int changed =
        jdbc.sql(
                """
                update connections set connected_at = now(), last_poll_at = now(), polls = polls + 1, position = position || ?::jsonb
                 where id = ? and lease_epoch = ? and lease_owner = ?\
                """)
            .params(rows.write(position), lease.connection(), lease.epoch(), me)
            .update();
    if (changed == 0) {
      throw new LeaseLostException();
    }
  }

  /** Gives the lease back; the stream has ended by itself when there is an error. */
  void end(Lease lease, Instant next, long messages, @Nullable String error) {
    jdbc.sql(
            """
            update connections set lease_until = null, lease_owner = null, connected_at = null, next_poll_at = :next, messages = messages + :messages,
                   last_error = case when :failed then :error else last_error end,
                   failures = failures + case when :failed then 1 else 0 end,
                   polls_failed = polls_failed + case when :failed then 1 else 0 end
             where id = :id and lease_epoch = :epoch and lease_owner = :me\
            """)
        .param("next", Timestamp.from(next))
        .param("messages", messages)
        .param("error", error)
        .param("failed", error != null)
        .param("id", lease.connection())
        .param("epoch", lease.epoch())
        .param("me", me)
        .update();
  }
}
