package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.cloud.CloudException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;

class PassingFailureTest {
  private static final SQLException NUL =
      new SQLException("ERROR: invalid byte sequence for encoding \"UTF8\": 0x00", "22021");

  static Stream<RuntimeException> passing() {
    return Stream.of(
        new CannotGetJdbcConnectionException("no connection in time"),
        new CannotGetJdbcConnectionException("away", new SQLException("refused", "08001")),
        new CannotCreateTransactionException("no connection in time"),
        new QueryTimeoutException("slow", new SQLException("canceled", "57014")),
        new PessimisticLockingFailureException("deadlock", new SQLException("deadlock", "40P01")),
        new UncategorizedSQLException("a standby", null, new SQLException("read only", "25006")));
  }

  static Stream<RuntimeException> ofTheMessage() {
    return Stream.of(
        new DataIntegrityViolationException("refused", NUL),
        new UncategorizedSQLException("refused", null, NUL),
        new DuplicateKeyException("there is one", new SQLException("unique", "23505")),
        CloudException.wrong("more than 50000 items in one answer"),
        new IllegalArgumentException("whatever"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatTheDatabaseMayDoLaterIsTriedAgain(RuntimeException failure) {
    assertThat(PassingFailure.is(failure)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("ofTheMessage")
  void whatIsWrongWithTheMessageIsFinal(RuntimeException failure) {
    assertThat(PassingFailure.is(failure)).isFalse();
    assertThat(PassingFailure.reason(failure)).isNotBlank().doesNotContain("whatever");
  }
}
