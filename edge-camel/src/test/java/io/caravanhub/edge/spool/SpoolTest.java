package io.caravanhub.edge.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.spool.SpoolSettings.Policy;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a spool keeps, drops and refuses. */
class SpoolTest extends OpenSpool {
  @Test
  void keepsOrderNumbersAndEpochOverARestartAndGivesNoNumberTwice() throws Exception {
    open();
    fill("A", 0, 50);
    String epoch = spool.epoch();
    spool.forget(epoch, LongStream.rangeClosed(1, 50).boxed().toList()).get(30, TimeUnit.SECONDS);
    spool.close();
    open();
    fill("A", 50, 60);
    assertThat(spool.epoch()).isEqualTo(epoch);
    assertThat(numbers("A")).containsExactlyElementsOf(LongStream.range(50, 60).boxed().toList());
    assertThat(Records.all(spool).get(0).seq()).isEqualTo(51);
    assertThat(spool.status().records()).isEqualTo(10);
    assertThat(spool.lowest()).isEqualTo(51);
  }

  @Test
  void readsEventsApart() throws Exception {
    open();
    fill("A", 0, 3);
    Records.append(spool, Records.of(spool, "A", 9, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    assertThat(spool.read(true, 0, Long.MAX_VALUE, 10, 100_000).records()).hasSize(1);
    assertThat(numbers("A")).containsExactly(0L, 1L, 2L);
  }

  @Test
  void deletesOnlyWhatIsOfItsEpoch() throws Exception {
    open();
    fill("A", 0, 3);
    spool.forget("another", List.of(1L, 2L)).get(30, TimeUnit.SECONDS);
    spool.forget(spool.epoch(), List.of(1L, 3L)).get(30, TimeUnit.SECONDS);
    assertThat(numbers("A")).containsExactly(1L);
  }

  @Test
  void dropsTheOldestAndKeepsEventsWhenItIsFull() throws Exception {
    open(1 << 20, Policy.DROP_OLDEST);
    Records.append(spool, Records.of(spool, "A", 7, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    fill("A", 0, 12_000);
    List<Long> left = numbers("A");
    assertThat(spool.status().bytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(spool.status().dropped()).isEqualTo(12_000 - left.size()).isPositive();
    assertThat(left).isSorted().endsWith(11_999L);
    assertThat(spool.read(true, 0, Long.MAX_VALUE, 10, 1000).records()).hasSize(1);
    assertThat(spool.status().records()).isEqualTo(left.size() + 1);
    assertThat(Files.size(file())).isLessThan(3 << 20);
  }

  @Test
  void thinsTheOlderHalfOfEachDevice() throws Exception {
    open(1 << 20, Policy.THIN);
    Records.append(spool, Records.of(spool, "A", 7, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    for (int n = 0; n < 12_000; n += 1000) {
      fill("A", n, n + 1000);
      fill("B", n, n + 1000);
    }
    SpoolStatus status = spool.status();
    assertThat(status.bytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(status.thinned()).isPositive();
    assertThat(status.records() + status.thinned() + status.dropped()).isEqualTo(24_001);
    assertThat(numbers("B"))
        .isSorted()
        .endsWith(11_999L)
        .first()
        .satisfies(n -> assertThat(n).isLessThan(3000));
    assertThat(spool.read(true, 0, Long.MAX_VALUE, 10, 1000).records()).hasSize(1);
  }

  @Test
  void refusesWhenItIsFullAndTakesAgainWhenTheHubHasTakenSome() throws Exception {
    open(1 << 20, Policy.REFUSE);
    assertThatThrownBy(() -> fill("A", 0, 20_000))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StoreBusyException.class);
    await().atMost(Duration.ofSeconds(30)).until(() -> spool.status().refused() > 0);
    List<Long> kept = Records.all(spool).stream().map(StoredRecord::seq).toList();
    spool.forget(spool.epoch(), kept.subList(0, kept.size() / 2)).get(30, TimeUnit.SECONDS);
    fill("A", 20_000, 20_010);
    assertThat(spool.status().dropped()).isZero();
  }

  @Test
  void aFullDiskRefusesAndIsOverWhenThereIsRoom() throws Exception {
    open();
    fill("A", 0, 10);
    spool.limitPages(20);
    assertThatThrownBy(() -> fill("A", 10, 2000)).hasCauseInstanceOf(StoreBusyException.class);
    assertThat(spool.status().refused()).isPositive();
    List<Long> kept = Records.all(spool).stream().map(StoredRecord::seq).toList();
    spool.forget(spool.epoch(), kept).get(30, TimeUnit.SECONDS);
    assertThat(spool.status().records()).isZero();
    fill("A", 2000, 2010);
    assertThat(numbers("A")).hasSize(10);
  }

  @Test
  void dropsWhatIsTooOldByTheTimeThatPassedNotByTheClock() throws Exception {
    open(1 << 30, Policy.DROP_OLDEST);
    fill("A", 0, 5);
    // What devices say with times of their own has an age too.
    long now = time.wallMillis();
    for (int n = 0; n < 5000; n++) {
      Records.append(
          spool,
          new SpoolRecord(
              "B", RecordKind.TELEMETRY, n % 2 == 0 ? -1 : 0, now, "{}".getBytes(UTF_8)));
    }
    time.jump(Duration.ofDays(3650).toMillis());
    fill("A", 5, 6);
    long first = Records.all(spool).get(0).content().clock();
    assertThat(spool.clock().age(first, Records.all(spool).get(0).content().received()))
        .isLessThan(1000);
    time.pass(Duration.ofDays(8).toMillis());
    assertThat(spool.clock().age(first, Records.all(spool).get(0).content().received()))
        .isGreaterThan(Duration.ofDays(7).toMillis());
    time.jump(-Duration.ofDays(3650).toMillis());
    fill("A", 6, 7);
    await().atMost(Duration.ofSeconds(30)).until(() -> spool.status().dropped() > 0);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(numbers("A")).containsExactly(6L));
    assertThat(spool.status().dropped()).isEqualTo(5006);
  }

  private void setTheClock(int times) {
    for (int i = 0; i < times; i++) {
      time.pass(100);
      time.jump(3_600_000);
      spool.clock().look();
    }
  }

  @Test
  void aClockStaysKnownWhileARecordNamesItWhereverItIs() throws Exception {
    open();
    long early = time.wallMillis();
    setTheClock(3);
    fill("A", 0, 1);
    Records.append(
            spool, new SpoolRecord("B", RecordKind.TELEMETRY, 2, early, "{}".getBytes(UTF_8)))
        .get(30, TimeUnit.SECONDS);
    setTheClock(30);
    time.pass(61_000);
    fill("A", 1, 2);
    assertThat(spool.clock().segment(2)).isNotNull();
    List<Long> kept = Records.all(spool).stream().map(StoredRecord::seq).toList();
    spool.forget(spool.epoch(), kept).get(30, TimeUnit.SECONDS);
    time.pass(61_000);
    fill("A", 2, 3);
    await().atMost(Duration.ofSeconds(30)).until(() -> spool.clock().segment(2) == null);
  }

  @Test
  void noNumberIsGivenTwiceWhenTheLogWasLostOrTheSequence() throws Exception {
    open();
    fill("A", 0, 500);
    long given = spool.highest();
    Path copy = Files.createDirectories(folder.resolve("copy")).resolve("spool.db");
    Files.copy(file(), copy);
    byte[] log = Files.readAllBytes(Path.of(file() + "-wal"));
    Files.write(Path.of(copy + "-wal"), Arrays.copyOf(log, log.length / 2));
    String epoch = spool.epoch();
    spool.close();
    settings = SpoolSettings.at(copy);
    open();
    fill("A", 500, 501);
    assertThat(spool.epoch()).isEqualTo(epoch);
    assertThat(Records.all(spool).get(Records.all(spool).size() - 1).seq()).isGreaterThan(given);
    spool.close();
    try (var sql = SpoolFile.connect(copy)) {
      sql.createStatement().execute("DELETE FROM record");
      sql.createStatement().execute("DELETE FROM sqlite_sequence");
    }
    try (RandomAccessFile bytes = new RandomAccessFile(copy.toFile(), "rw")) {
      bytes.setLength(bytes.length() - 4096);
    }
    open();
    assertThat(spool.status().corrupt()).isEqualTo(1);
    assertThat(spool.epoch()).as("nobody knows which numbers it has given").isNotEqualTo(epoch);
  }

  @Test
  void aMessageThatNoBatchCanCarryBecomesAFileAndIsCounted() throws Exception {
    open();
    byte[] body = noise(1_100_000);
    long now = time.wallMillis();
    Records.append(spool, new SpoolRecord("CAM/1", RecordKind.RAW, 1, now, body))
        .get(30, TimeUnit.SECONDS);
    byte[] packs = new byte[3_000_000];
    Records.append(spool, new SpoolRecord("CAM/1", RecordKind.RAW, 1, now, packs))
        .get(30, TimeUnit.SECONDS);
    assertThat(spool.status().oversized()).isEqualTo(1);
    assertThat(Records.all(spool)).hasSize(1);
    try (Stream<Path> files = Files.list(folder.resolve("spool.db.oversized"))) {
      assertThat(files.toList())
          .singleElement()
          .satisfies(file -> assertThat(file).hasBinaryContent(body))
          .satisfies(file -> assertThat(file.toString()).contains("CAM_1"));
    }
  }

  @Test
  void aSecondGatewayIsToldThatTheSpoolIsInUse() {
    open();
    assertThatThrownBy(() -> new Spool(settings, time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another gateway uses");
  }
}
