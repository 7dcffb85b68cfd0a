package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells failures that pass by themselves from those that the message is at fault for. Stateless.
 */
public final class PassingFailure {
  /**
   * Classes of SQLSTATE (PostgreSQL, appendix A): connection, transaction state (a standby),
   * rollback, resources, object not ready, intervention of an operator, system.
   */
  private static final Set<String> PASSING = Set.of("08", "25", "40", "53", "55", "57", "58");

  private PassingFailure() {}

  /** Whether the same may succeed later. */
  public static boolean is(Throwable failure) {
    SQLException sql = sql(failure);
    if (sql != null && sql.getSQLState() != null && sql.getSQLState().length() == 5) {
      return PASSING.contains(sql.getSQLState().substring(0, 2));
    }
    return !(failure instanceof DataIntegrityViolationException)
        && (failure instanceof TransientDataAccessException
            || failure instanceof RecoverableDataAccessException
            || failure instanceof NonTransientDataAccessResourceException
            || failure instanceof TransactionException);
  }

  /** Why a message is given up. */
  static String reason(RuntimeException failure) {
    if (failure instanceof CloudException e) {
      return e.reason();
    }
    SQLException sql = sql(failure);
    if (sql != null) {
      String said = String.valueOf(sql.getMessage()).lines().findFirst().orElse("");
      return "the database refuses what is in it: " + said;
    }
    return failure instanceof DataAccessException
        ? "the database refuses what is in it"
        : "a fault of the hub (" + failure.getClass().getSimpleName() + "), see its log";
  }

  /** The innermost, which is the database's own. */
  private static @Nullable SQLException sql(Throwable failure) {
    SQLException found = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        found = sql;
      }
    }
    return found;
  }
}
