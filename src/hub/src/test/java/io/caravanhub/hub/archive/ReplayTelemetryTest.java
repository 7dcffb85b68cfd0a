package io.caravanhub.hub.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravanhub.hub.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The function of the database that puts rows right, in a transaction that leaves nothing. */
class ReplayTelemetryTest {
  private static final long AT = 1_767_225_600_000_000L;

  private final String tenant = TestDatabase.tenant();
  private Connection connection;
  private int device;

  @BeforeEach
  void begin() throws SQLException {
    TestDatabase.device(tenant, "S-1", "sensor", "M");
    device =
        TestDatabase.owner()
            .sql("select key from devices where tenant_id = ?")
            .param(tenant)
            .query(Integer.class)
            .single();
    connection = TestDatabase.connection();
    connection.setAutoCommit(false);
    run("set local hub.tenant = '" + tenant + "'");
  }

  @AfterEach
  void rollBack() throws SQLException {
    connection.rollback();
    connection.close();
  }

  @Test
  void countsWhatIsNewOrOtherAndNothingTheSecondTime() throws SQLException {
    assertThat(replay(-1, 20)).isEqualTo("1 0");
    assertThat(replay(-2, 21)).isEqualTo("1 0");
    assertThat(replay(-3, 21)).isEqualTo("0 0");
    assertThat(
            one("select count(*) || ' ' || max(value) from telemetry where device_id = " + device))
        .isEqualTo("1 21");
  }

  @Test
  void theFirstOfARunStaysAsItDoesWhenMessagesComeIn() throws SQLException {
    replay(-1, 20);
    replay(-1, 30);

    assertThat(one("select value from telemetry where device_id = " + device)).isEqualTo("20");
  }

  @Test
  void removesWhatIsMadeNoMoreButNothingOfTheSameRun() throws SQLException {
    replay(-1, 20);

    assertThat(remove(-1)).isEqualTo("0 0");
    assertThat(remove(-2)).isEqualTo("0 1");
    assertThat(one("select count(*) from telemetry where device_id = " + device)).isEqualTo("0");
  }

  @Test
  void tellsTheRollupsOfHoursThatWereRolledUpBefore() throws SQLException {
    assumeTrue(
        one("select telemetry_store()").equals("partitions"),
        "TimescaleDB takes note of changed hours by itself");
    run("update telemetry_rolled set late_before = now()");

    replay(-1, 20);

    assertThat(
            one("select hour at time zone 'UTC' from telemetry_late where device_id = " + device))
        .isEqualTo("2026-01-01 00:00:00");
  }

  private String replay(long run, double value) throws SQLException {
    return one(
        ("select changed || ' ' || removed from replay_telemetry(%d, array[%d], array[1], array[%d], array[%s::float8], array[null::text], array[0::int2],"
                + " '{}'::int[], '{}'::int[], '{}'::bigint[])")
            .formatted(run, device, AT, value));
  }

  private String remove(long run) throws SQLException {
    return one(
        ("select changed || ' ' || removed from replay_telemetry(%d, '{}'::int[], '{}'::int[], '{}'::bigint[], '{}'::float8[], '{}'::text[], '{}'::int2[],"
                + " array[%d], array[1], array[%d])")
            .formatted(run, device, AT));
  }

  private String one(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
