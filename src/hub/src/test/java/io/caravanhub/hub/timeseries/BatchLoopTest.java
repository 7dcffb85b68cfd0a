package io.caravanhub.hub.timeseries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.testkit.network.TcpProxy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer's batches, with its own role on a real server behind a proxy. */
class BatchLoopTest {
  private static final int BOUND = 1_000;
  private static final long BOUND_BYTES = 1_000_000;

  private final int device = ThreadLocalRandom.current().nextInt(1_000_000, Integer.MAX_VALUE);
  private final long now = TelemetryTable.micros(Instant.now());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TcpProxy toDatabase;
  private HikariDataSource writers;
  private BatchLoop loop;

  @BeforeEach
  void open() throws IOException {
    TestDatabase.owner();
    TestServer server = TestDatabase.server();
    toDatabase = new TcpProxy(server.host(), server.port());
    writers = new HikariDataSource();
    writers.setJdbcUrl(
        "jdbc:postgresql://127.0.0.1:" + toDatabase.port() + "/" + TestDatabase.name());
    writers.setUsername(server.user());
    writers.setPassword(server.password());
    writers.setConnectionInitSql("set role hub_writer");
    writers.setMaximumPoolSize(2);
    writers.setConnectionTimeout(500);
    loop =
        new BatchLoop(
            new TelemetryTable(writers),
            new Room(BOUND, BOUND_BYTES),
            Duration.ofSeconds(2),
            meters);
  }

  @AfterEach
  void close() throws IOException {
    toDatabase.restore();
    loop.close();
    writers.close();
    toDatabase.close();
  }

  @Test
  void storesEveryColumn() throws Exception {
    Row number = new Row(device, 1, now, -1.5e-300, null, (short) 1);
    Row text = new Row(device, 2, now, Double.NaN, "größer — 大", (short) 0);
    Row nothing = new Row(device, 3, now, Double.NaN, null, (short) 2);

    assertThat(write(List.of(number, text, nothing))).isEqualTo(new Written(1, 0));

    assertThat(
            TestDatabase.owner()
                .sql(
                    "select value, text_value, quality, extract(epoch from ts)::text as ts from telemetry where device_id = ? order by metric_id")
                .param(device)
                .query(
                    (row, n) ->
                        row.getObject(1)
                            + " "
                            + row.getString(2)
                            + " "
                            + row.getInt(3)
                            + " "
                            + new java.math.BigDecimal(row.getString(4))
                                .movePointRight(6)
                                .longValueExact())
                .list())
        .containsExactly(
            "-1.5E-300 null 1 " + now, "null größer — 大 0 " + now, "null null 2 " + now);
  }

  @Test
  void countsDuplicatesWithinABatchAndAcrossBatches() throws Exception {
    List<Row> a = List.of(row(0), row(1));
    List<Row> b = List.of(row(1), row(2));

    assertThat(loop.submit(List.of(a, a, b), 0).get(10, TimeUnit.SECONDS))
        .isEqualTo(new Written(2, 1));
    assertThat(rows()).isEqualTo(3);
    assertThat(write(a)).isEqualTo(new Written(0, 1));
    assertThat(write(List.of(row(2), row(3)))).isEqualTo(new Written(1, 0));
    assertThat(rows()).isEqualTo(4);
    assertThat(meters.counter("hub.store.rows", "fate", "stored").count()).isEqualTo(4);
  }

  @Test
  void keepsTheFirstValueOfARepeatedKey() throws Exception {
    write(List.of(new Row(device, 1, now, 1, null, (short) 0)));
    write(List.of(new Row(device, 1, now, 2, null, (short) 0)));

    assertThat(
            TestDatabase.owner()
                .sql("select value from telemetry where device_id = ?")
                .param(device)
                .query(Double.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void takesManySendersAtOnceAndLosesNothing() throws Exception {
    List<CompletableFuture<Written>> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(loop.submit(List.of(List.of(row(3 * i), row(3 * i + 1), row(3 * i + 2))), 0));
    }
    for (CompletableFuture<Written> one : all) {
      assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    }
    assertThat(rows()).isEqualTo(900);
    await().atMost(Duration.ofSeconds(30)).until(() -> loop.queued() == 0);
  }

  @Test
  void tellsOnlyThePoisonedSenderAndStoresItsNeighbours() throws Exception {
    Row poison = new Row(device, 9, now, Double.NaN, "a\0b", (short) 0);
    CompletableFuture<Written> before;
    CompletableFuture<Written> bad;
    CompletableFuture<Written> after;
    try (Connection lock = lockTelemetry()) {
      CompletableFuture<Written> first = loop.submit(List.of(List.of(row(0))), 0);
      before = loop.submit(List.of(List.of(row(1))), 0);
      bad = loop.submit(List.of(List.of(poison, row(2))), 0);
      after = loop.submit(List.of(List.of(row(3))), 0);
      assertThat(first).isNotDone();
      lock.rollback();
    }
    assertThat(before.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    assertThat(after.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    assertThat(bad)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withCauseInstanceOf(UnusableMessageException.class);
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void refusesMoreThanItsBoundAtOnceAndRecovers() throws Exception {
    CompletableFuture<Written> held;
    try (Connection lock = lockTelemetry()) {
      held = loop.submit(List.of(IntStream.range(0, BOUND).mapToObj(this::row).toList()), 0);
      assertThatThrownBy(() -> loop.submit(List.of(List.of(row(BOUND))), 0))
          .isInstanceOf(StoreBusyException.class)
          .hasMessageContaining("1000 rows wait");
      lock.rollback();
    }
    assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(StoreBusyException.class)
        .untilAsserted(() -> assertThat(write(List.of(row(BOUND)))).isNotNull());
  }

  @Test
  void refusesAFewRowsOfLargeMessagesThatAreOverItsBoundInBytes() throws Exception {
    Row text = new Row(device, 3, now, Double.NaN, "x".repeat(300_000), (short) 0);
    CompletableFuture<Written> held;
    try (Connection lock = lockTelemetry()) {
      held = loop.submit(List.of(List.of(text)), 300_000);
      assertThatThrownBy(() -> loop.submit(List.of(List.of(row(1))), 150_000))
          .isInstanceOf(StoreBusyException.class)
          .hasMessageContaining("1 rows wait, 900100 bytes");
      assertThat(meters.get("hub.store.queue.bytes").gauge().value()).isEqualTo(900_100);
      lock.rollback();
    }
    assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(StoreBusyException.class)
        .untilAsserted(
            () -> assertThat(loop.submit(List.of(List.of(row(1))), 150_000)).isNotNull());
  }

  @Test
  void leavesHalfOfTheRoomToLiveReadings() throws Exception {
    CompletableFuture<Written> filledIn;
    CompletableFuture<Written> current;
    try (Connection lock = lockTelemetry()) {
      filledIn = loop.submit(List.of(old(0, BOUND / 2)), 0);
      assertThatThrownBy(() -> loop.submit(List.of(old(BOUND / 2, 1)), 0))
          .isInstanceOf(StoreBusyException.class)
          .hasMessageContaining("500 rows of old readings wait");
      current = loop.submit(List.of(IntStream.range(0, BOUND / 2).mapToObj(this::row).toList()), 0);
      lock.rollback();
    }
    assertThat(filledIn.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    assertThat(current.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(StoreBusyException.class)
        .untilAsserted(() -> assertThat(write(old(BOUND / 2, 1))).isNotNull());
  }

  @Test
  void storesWhatIsLiveBeforeOldReadingsThatCameEarlier() throws Exception {
    List<CompletableFuture<Written>> all = new ArrayList<>();
    try (BatchLoop large =
            new BatchLoop(
                new TelemetryTable(writers),
                new Room(40 * BOUND, 40 * BOUND_BYTES),
                Duration.ofSeconds(2),
                new SimpleMeterRegistry());
        Connection lock = lockTelemetry()) {
      for (int i = 0; i < 6; i++) {
        all.add(large.submit(List.of(old(i * 1_500, 1_500)), 0));
      }
      all.add(large.submit(List.of(List.of(row(0))), 0));
      lock.rollback();
      for (CompletableFuture<Written> one : all) {
        assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
      }
    }

    assertThat(
            TestDatabase.owner()
                .sql(
                    "select count(*) from telemetry where device_id = :device and batch_id > (select batch_id from telemetry where device_id = :device and ts > now() - interval '1 hour')")
                .param("device", device)
                .query(Long.class)
                .single())
        .as("old rows stored after the live one")
        .isGreaterThanOrEqualTo(1_500);
  }

  @Test
  void storesABatchThatACutConnectionInterrupted() throws Exception {
    write(List.of(row(0)));
    toDatabase.refuse();
    toDatabase.cut();
    CompletableFuture<Written> waiting = loop.submit(List.of(List.of(row(1))), 0);
    await().during(Duration.ofMillis(300)).until(() -> !waiting.isDone());

    toDatabase.restore();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(new Written(1, 0));
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void tellsTheSenderWhenTheStoreStaysAwayAndRecovers() throws Exception {
    toDatabase.refuse();
    toDatabase.cut();

    assertThat(loop.submit(List.of(List.of(row(0))), 0))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withCauseInstanceOf(StoreBusyException.class);

    toDatabase.restore();
    assertThat(write(List.of(row(0)))).isEqualTo(new Written(1, 0));
  }

  @Test
  void makesThePartitionOfEachDayItMeets() throws Exception {
    LocalDate day = LocalDate.ofEpochDay(10_000 + device % 5_000);
    Instant midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant();

    write(
        List.of(
            new Row(device, 1, TelemetryTable.micros(midnight) - 1, 1, null, (short) 0),
            new Row(device, 1, TelemetryTable.micros(midnight), 2, null, (short) 0)));

    assertThat(
            TestDatabase.owner()
                .sql("select day from telemetry_days() where day between ? and ?")
                .params(day.minusDays(2), day.plusDays(1))
                .query(LocalDate.class)
                .list())
        .containsExactly(day.minusDays(1), day);
  }

  @Test
  void makesAPartitionAgainThatWasDropped() throws Exception {
    LocalDate day = LocalDate.ofEpochDay(3_000 + device % 5_000);
    long noon = TelemetryTable.micros(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    write(List.of(new Row(device, 1, noon, 1, null, (short) 0)));
    TestDatabase.dropDay(day);

    assertThat(write(List.of(new Row(device, 1, noon, 1, null, (short) 0))))
        .isEqualTo(new Written(1, 0));
  }

  private Row row(int n) {
    return new Row(device, 1, now + n, n, null, (short) 0);
  }

  private List<Row> old(int from, int count) {
    long yesterday = now - Duration.ofDays(1).toNanos() / 1_000;
    return IntStream.range(from, from + count)
        .mapToObj(n -> new Row(device, 2, yesterday + n, n, null, (short) 0))
        .toList();
  }

  private Written write(List<Row> message) throws Exception {
    return loop.submit(List.of(message), 0).get(15, TimeUnit.SECONDS);
  }

  private long rows() {
    return TestDatabase.owner()
        .sql("select count(*) from telemetry where device_id = ?")
        .param(device)
        .query(Long.class)
        .single();
  }

  private static Connection lockTelemetry() throws Exception {
    Connection connection = TestDatabase.connection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table telemetry in share row exclusive mode");
    }
    return connection;
  }
}
