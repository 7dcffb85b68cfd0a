package io.caravanhub.hub.lease;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A lease that this hub wants, and has or has not. It counts as held until a tenth of its term
 * before the database would give it to another, by a clock that nobody can set: a hub that cannot
 * renew it has stopped by then. What is under way at that moment is stopped by {@link #check}.
 * Thread-safe.
 */
public final class Lease {
  private static final String CHECK = "select hold_lease(?, ?)";

  private final String name;
  private volatile @Nullable Term term;

  private record Term(long epoch, long untilNanos) {}

  Lease(String name) {
    this.name = name;
  }

  /** A lease that is always held, where there is one hub only. */
  public static Lease always(String name) {
    Lease lease = new Lease(name);
    lease.term = new Term(1, System.nanoTime() + Long.MAX_VALUE / 2);
    return lease;
  }

  public String name() {
    return name;
  }

  /** Whether it is this hub's now. */
  public boolean isHeld() {
    return epoch() > 0;
  }

  /**
   * Whether it was this hub's when the database was asked last, even if that is longer ago than its
   * term: nobody has said that another has it.
   */
  public boolean wasHeldLast() {
    return term != null;
  }

  /** The epoch in force, above zero; 0 while the lease is not this hub's. */
  public long epoch() {
    Term now = term;
    return now != null && now.untilNanos - System.nanoTime() > 0 ? now.epoch : 0;
  }

  /**
   * To be called in the transaction of a write that would do harm when it is late, best as its last
   * statement: until it ends nobody else takes the lease.
   *
   * @param epoch as it was when the work began
   * @throws LeaseLostException when the lease has been taken since
   */
  public void check(JdbcClient jdbc, long epoch) {
    if (!jdbc.sql(CHECK).params(name, epoch).query(Boolean.class).single()) {
      throw new LeaseLostException(name);
    }
  }

  /** As {@link #check(JdbcClient, long)}. */
  public void check(Connection connection, long epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CHECK)) {
      statement.setString(1, name);
      statement.setLong(2, epoch);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          throw new LeaseLostException(name);
        }
      }
    }
  }

  /** Gives it a term, or takes it away with the epoch 0; says whether that is a change now. */
  boolean set(long epoch, long untilNanos) {
    long before = epoch();
    term = epoch == 0 ? null : new Term(epoch, untilNanos);
    return before != epoch();
  }
}
