package io.caravanhub.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jerolba.carpet.CarpetReader;
import io.caravanhub.hub.timeseries.TestWriter;
import io.findify.s3mock.S3Mock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is over the limits goes, and with an archive only after that holds it. */
class RetentionTest {
  private static final List<StoreDatabase> STORES = StoreDatabase.all();
  private static final Limits TEN_DAYS = new Limits(10, 1100, 7);
  private static final int TEMPERATURE = 20;

  /** Each test has a time of its own, later than those before it. */
  private static int used;

  private final Instant day =
      Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(40L * ++used));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir Path folder;

  static List<StoreDatabase> stores() {
    return STORES;
  }

  @AfterAll
  static void close() {
    STORES.forEach(StoreDatabase::end);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void dropsWholeDaysOverTheLimit(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    fill(store, device);
    Instant now = day.plus(Duration.ofDays(11));
    store.roll(TEN_DAYS, now);

    keep(store, null, now);

    assertThat(daysOf(store, device)).containsExactly(date(1), date(2));
    assertThat(heldDays(store)).doesNotContain(date(0)).contains(date(1));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void dropsNothingThatIsNotRolledUp(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    store.roll(TEN_DAYS, day.plusSeconds(3_600));
    fill(store, device);

    keep(store, null, day.plus(Duration.ofDays(30)));

    assertThat(daysOf(store, device)).containsExactly(date(0), date(1), date(2));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void deletesATenantsRowsAtItsOwnShorterLimit(StoreDatabase store) throws SQLException {
    // A tenant's own limit is counted from the database's clock.
    Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
    String frugal = store.tenant();
    store
        .sql()
        .sql("update tenants set settings = '{\"retention_days\": 3}' where id = ?")
        .param(frugal)
        .update();
    int own = store.device(frugal);
    int other = store.device(store.tenant());
    for (int back : List.of(6, 4, 3, 2)) {
      Instant ts = today.minus(Duration.ofDays(back)).plusSeconds(60);
      store.writer().row(own, TEMPERATURE, ts, back).row(other, TEMPERATURE, ts, back).write();
    }
    store.roll(TEN_DAYS, Instant.now());

    keep(store, null, Instant.now());

    assertThat(store.count("select count(*) from telemetry where device_id = ?", own)).isEqualTo(2);
    assertThat(store.count("select count(*) from telemetry where device_id = ?", other))
        .isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void deletesNoRowOfATenantThatCameAfterItsArchive(StoreDatabase store) throws Exception {
    Instant past = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(5));
    String frugal = store.tenant();
    store
        .sql()
        .sql("update tenants set settings = '{\"retention_days\": 3}' where id = ?")
        .param(frugal)
        .update();
    int device = store.device(frugal);
    TestWriter writer = store.writer();
    writer.row(device, TEMPERATURE, past, 1).row(device, TEMPERATURE, past.plusSeconds(1), 2);
    writer.write();
    store.roll(TEN_DAYS, Instant.now());
    AtomicInteger late = new AtomicInteger();

    try (Connection connection = store.owner().getConnection()) {
      Connection interrupted =
          before(
              connection,
              "delete from telemetry ",
              () -> {
                Instant ts = past.plusSeconds(60 + late.incrementAndGet());
                writer.row(device, TEMPERATURE, ts, 3).write();
              });
      DayArchive archive = new DayArchive(new FolderTarget(folder));
      assertThatThrownBy(
              () ->
                  new Retention(TEN_DAYS, archive, meters)
                      .keep(interrupted, Instant.now(), c -> {}))
          .hasMessageContaining("is kept on");
    }

    assertThat(late).hasPositiveValue();
    assertThat(store.count("select count(*) from telemetry where device_id = ?", device))
        .isEqualTo(2 + late.get());
  }

  private interface Work {
    void run() throws SQLException;
  }

  /** The connection, where this work comes before statements that begin so. */
  private static Connection before(Connection connection, String statement, Work work) {
    return (Connection)
        Proxy.newProxyInstance(
            RetentionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("prepareStatement")
                  && ((String) arguments[0]).startsWith(statement)) {
                work.run();
              }
              return method.invoke(connection, arguments);
            });
  }

  @ParameterizedTest
  @MethodSource("stores")
  void archivesEachTenantsDayAsParquetBeforeItGoes(StoreDatabase store) throws Exception {
    String one = store.tenant();
    String two = store.tenant();
    fill(store, store.device(one));
    fill(store, store.device(two));
    Instant now = day.plus(Duration.ofDays(11));
    store.roll(TEN_DAYS, now);

    keep(store, new DayArchive(new FolderTarget(folder)), now);

    for (String tenant : List.of(one, two)) {
      List<ArchivedRow> rows = read(folder.resolve(tenant + "/" + date(0) + ".parquet"));
      assertThat(rows).hasSize(100);
      assertThat(rows.get(1).metric()).isEqualTo("temperature");
      assertThat(rows.get(1).unit()).isEqualTo("Cel");
      assertThat(rows.get(1).ts()).isEqualTo(day.plusSeconds(1));
      assertThat(rows.get(1).value()).isEqualTo(1.5);
    }
    assertThat(heldDays(store)).doesNotContain(date(0));
    assertThat(meters.counter("hub.store.archived.rows").count()).isGreaterThanOrEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void keepsADayThatTheArchiveDoesNotTake(StoreDatabase store) throws Exception {
    int device = store.device(store.tenant());
    fill(store, device);
    Instant now = day.plus(Duration.ofDays(11));
    store.roll(TEN_DAYS, now);
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> keep(store, new DayArchive(new FolderTarget(file)), now))
        .hasMessageContaining("is kept on");

    assertThat(daysOf(store, device)).contains(date(0));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void keepsADayThatTheArchiveGivesBackShort(StoreDatabase store) throws Exception {
    int device = store.device(store.tenant());
    fill(store, device);
    Instant now = day.plus(Duration.ofDays(11));
    store.roll(TEN_DAYS, now);
    keep(store, new DayArchive(new FolderTarget(folder)), now.minus(Duration.ofDays(1)));
    ArchiveTarget forgetful =
        new ArchiveTarget() {
          @Override
          public void put(String key, Path file) {}

          @Override
          public void fetch(String key, Path into) throws IOException {
            Files.write(into, new byte[100]);
          }
        };

    assertThatThrownBy(() -> keep(store, new DayArchive(forgetful), now))
        .isInstanceOf(Exception.class);

    assertThat(daysOf(store, device)).contains(date(0));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void archivesAgainBesideWhatItHasOfADay(StoreDatabase store) throws Exception {
    String tenant = store.tenant();
    int device = store.device(tenant);
    fill(store, device);
    Instant now = day.plus(Duration.ofDays(11));
    store.roll(TEN_DAYS, now);
    DayArchive archive = new DayArchive(new FolderTarget(folder));
    keep(store, archive, now);
    store.writer().row(device, TEMPERATURE, day.plusSeconds(7), 7).write();

    keep(store, archive, now);

    assertThat(read(folder.resolve(tenant + "/" + date(0) + ".parquet"))).hasSize(100);
    assertThat(read(folder.resolve(tenant + "/" + date(0) + "-1.parquet"))).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void archivesIntoABucket(StoreDatabase store) throws Exception {
    S3Mock server = new S3Mock.Builder().withPort(0).withInMemoryBackend().build();
    int port = server.start().localAddress().getPort();
    try (BucketTarget target =
        BucketTarget.of(
            java.net.URI.create("s3://attic/hub/telemetry"),
            new BucketTarget.Access("http://127.0.0.1:" + port, "us-east-1", "key", "secret"))) {
      target.client().createBucket(b -> b.bucket("attic"));
      String tenant = store.tenant();
      fill(store, store.device(tenant));
      Instant now = day.plus(Duration.ofDays(11));
      store.roll(TEN_DAYS, now);

      keep(store, new DayArchive(target), now);

      assertThat(heldDays(store)).doesNotContain(date(0));
      Path back = folder.resolve("back");
      target.fetch(tenant + "/" + date(0) + ".parquet", back);
      assertThat(read(back)).hasSize(100);
    } finally {
      server.shutdown();
    }
  }

  @ParameterizedTest
  @MethodSource("stores")
  void isOneHubsWorkAtATime(StoreDatabase store) throws SQLException {
    boolean[] second = {true};

    boolean first =
        Upkeep.once(
            store.owner(), "work", c -> second[0] = Upkeep.once(store.owner(), "work", x -> {}));

    assertThat(first).isTrue();
    assertThat(second[0]).isFalse();
    assertThat(Upkeep.once(store.owner(), "work", x -> {})).isTrue();
  }

  /** A hundred rows on each of three days, the test's first and the two after it. */
  private void fill(StoreDatabase store, int device) throws SQLException {
    var writer = store.writer();
    for (int d = 0; d < 3; d++) {
      for (int i = 0; i < 100; i++) {
        writer.row(device, TEMPERATURE, day.plus(Duration.ofDays(d)).plusSeconds(i), d + i * 1.5);
      }
    }
    writer.write();
  }

  private void keep(StoreDatabase store, @Nullable DayArchive archive, Instant now)
      throws SQLException {
    try (Connection connection = store.owner().getConnection()) {
      new Retention(TEN_DAYS, archive, meters).keep(connection, now, c -> {});
    }
  }

  private LocalDate date(int plus) {
    return day.atZone(ZoneOffset.UTC).toLocalDate().plusDays(plus);
  }

  private static List<LocalDate> daysOf(StoreDatabase store, int device) {
    return store
        .sql()
        .sql(
            "select distinct (ts at time zone 'UTC')::date from telemetry where device_id = ? order by 1")
        .param(device)
        .query(LocalDate.class)
        .list();
  }

  private static List<LocalDate> heldDays(StoreDatabase store) {
    return store.sql().sql("select day from telemetry_days()").query(LocalDate.class).list();
  }

  private static List<ArchivedRow> read(Path file) throws IOException {
    return new CarpetReader<>(file.toFile(), ArchivedRow.class).toList();
  }
}
