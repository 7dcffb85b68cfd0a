package io.caravanhub.hub.connector;

import io.caravanhub.hub.lease.HubLeases;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who may poll which connection: one hub at a time, by a row with an epoch. Whatever a poll writes
 * names the epoch it began with; a hub that was thought dead and comes back writes nothing.
 * Thread-safe.
 */
@Component
class Leases {
  /** How long a hub is waited for that says nothing of a poll any more. */
  private static final Duration TERM = Duration.ofMinutes(2);

  private final JdbcClient jdbc;
  private final ConnectionRows rows;
  private final String me;
  private final Duration term;

  /**
   * A connection that is this hub's to poll.
   *
   * @param askedNanos before it was taken, by the clock that nobody sets: its term begins later
   */
  record Lease(String tenant, UUID connection, long epoch, long askedNanos) {}

  /**
   * A connection whose turn it is.
   *
   * @param due when it should have been polled
   */
  record Turn(Lease lease, String oem, Instant due) {}

  @Autowired
  Leases(JdbcClient jdbc, ConnectionRows rows, HubLeases hub) {
    this(jdbc, rows, hub.owner(), TERM);
  }

  /** As another hub. */
  Leases(JdbcClient jdbc, ConnectionRows rows, String me, Duration term) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.me = me;
    this.term = term;
  }

  /** How long a lease lasts unless it is kept. */
  Duration term() {
    return term;
  }

  /** What this hub is called in leases. */
  String owner() {
    return me;
  }

  /**
   * The epoch of a lease while nobody else can have taken it, else 0.
   *
   * @param heldNanos before it was taken or kept last
   */
  long epoch(Lease lease, long heldNanos) {
    return System.nanoTime() - heldNanos > term.toNanos() / 10 * 9 ? 0 : lease.epoch();
  }

  /**
   * Takes what is due, of all tenants.
   *
   * @param running the OEMs of the polls that this hub is at, one as often as it is polled
   * @param eachMost how many of one OEM there may be at once
   */
  List<Turn> claim(int most, Collection<String> running, int eachMost) {
    long asked = System.nanoTime();
    return jdbc.sql("select * from claim_polls(?, ? * interval '1 millisecond', ?, ?::text[], ?)")
        .params(me, term.toMillis(), most, running.toArray(String[]::new), eachMost)
        .query(
            (row, n) ->
                new Turn(
                    new Lease(
                        row.getString(1), row.getObject(2, UUID.class), row.getLong(3), asked),
                    row.getString(4),
                    row.getTimestamp(5).toInstant()))
        .list();
  }

  /** Takes one connection, due or not; empty while somebody has it. */
  Optional<Lease> take(Connection connection) {
    long asked = System.nanoTime();
    return jdbc.sql(
            """
            update connections set lease_owner = ?, lease_until = now() + ? * interval '1 millisecond', lease_epoch = lease_epoch + 1
             where id = ? and (lease_until is null or lease_until < now()) returning lease_epoch\
            """)
        .params(me, term.toMillis(), connection.id())
        .query(Long.class)
        .optional()
        .map(epoch -> new Lease(connection.tenant(), connection.id(), epoch, asked));
  }

  /**
   * Keeps how far the poll has come, and the lease.
   *
   * @throws LeaseLostException when another hub has it now
   */
  void progress(Lease lease, Map<String, String> position) {
    held(
        jdbc.sql(
                """
                update connections set position = ?::jsonb, lease_until = now() + ? * interval '1 millisecond'
                 where id = ? and lease_epoch = ? and lease_owner = ?\
                """)
            .params(rows.write(position), term.toMillis(), lease.connection(), lease.epoch(), me)
            .update());
  }

  /** Keeps the lease; as {@link #progress}. */
  void hold(Lease lease) {
    held(
        jdbc.sql(
                """
                update connections set lease_until = now() + ? * interval '1 millisecond' where id = ? and lease_epoch = ? and lease_owner = ?\
                """)
            .params(term.toMillis(), lease.connection(), lease.epoch(), me)
            .update());
  }

  /** Keeps renewed credentials; as {@link #progress}. */
  void credentials(Lease lease, byte[] sealed) {
    held(
        jdbc.sql(
                "update connections set credentials = ? where id = ? and lease_epoch = ? and lease_owner = ?")
            .params(sealed, lease.connection(), lease.epoch(), me)
            .update());
  }

  private static void held(int rows) {
    if (rows == 0) {
      throw new LeaseLostException();
    }
  }

  /**
   * Gives the lease back after a poll.
   *
   * @param failed whether it broke off
   * @param error why, or what was wrong in a poll that did not
   */
  void done(
      Lease lease,
      Instant next,
      long requests,
      long messages,
      boolean failed,
      @Nullable String error) {
    jdbc.sql(
            """
            update connections set lease_until = null, lease_owner = null, next_poll_at = :next, last_poll_at = now(), polls = polls + 1,
                   requests = requests + :requests, messages = messages + :messages, last_error = :error,
                   last_success_at = case when :failed then last_success_at else now() end,
                   failures = case when :failed then failures + 1 else 0 end,
                   polls_failed = polls_failed + case when :failed then 1 else 0 end
             where id = :id and lease_epoch = :epoch and lease_owner = :me\
            """)
        .param("next", Timestamp.from(next))
        .param("requests", requests)
        .param("messages", messages)
        .param("error", error)
        .param("failed", failed)
        .param("id", lease.connection())
        .param("epoch", lease.epoch())
        .param("me", me)
        .update();
  }

  /** Gives the lease back without a poll. */
  void postpone(Lease lease, Instant next) {
    jdbc.sql(
            """
            update connections set lease_until = null, lease_owner = null, next_poll_at = ? where id = ? and lease_epoch = ? and lease_owner = ?\
            """)
        .params(Timestamp.from(next), lease.connection(), lease.epoch(), me)
        .update();
  }
}
