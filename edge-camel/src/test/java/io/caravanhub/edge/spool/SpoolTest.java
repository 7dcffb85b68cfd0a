package io.caravanhub.edge.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.clock.FakeTime;
import io.caravanhub.edge.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  @TempDir private Path folder;
  private final FakeTime time = new FakeTime();
  private SpoolSettings settings;
  private Spool spool;

  @AfterEach
  void close() {
    if (spool != null) {
      spool.close();
    }
  }

  private Path file() {
    return folder.resolve("spool.db");
  }

  private Spool open() {
    settings = settings == null ? SpoolSettings.at(file()) : settings;
    spool = new Spool(settings, time);
    return spool;
  }

  private void open(long maxBytes, Policy policy) {
    settings = new SpoolSettings(file(), maxBytes, Duration.ofDays(7), policy, 4, null, true);
    open();
  }

  private void fill(String device, int from, int to) throws Exception {
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    for (int n = from; n < to; n++) {
      kept.add(Records.append(spool, Records.telemetry(spool, device, n)));
    }
    CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }

  private List<Long> numbers(String device) {
    return Records.all(spool).stream()
        .filter(record -> record.content().device().equals(device))
        .map(Records::number)
        .toList();
  }

  private List<Path> setAside() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.toString().matches(".*spool\\.db\\.corrupt-[^-]*")).toList();
    }
  }

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
  void noiseInsteadOfTheFileIsSetAside() throws Exception {
    byte[] noise = noise(100_000);
    Files.write(file(), noise);
    open();
    fill("A", 0, 3);
    assertThat(setAside()).hasSize(1);
    assertThat(setAside().get(0)).hasBinaryContent(noise);
    assertThat(spool.status().corrupt()).isEqualTo(1);
    assertThat(spool.status().setAside()).contains("corrupt-");
    spool.close();
    open();
    assertThat(spool.status().corrupt()).as("told after a restart too").isEqualTo(1);
  }

  @Test
  void whatIsNotADatabaseIsSetAside() throws Exception {
    Files.writeString(file(), "# notes\n");
    open();
    fill("A", 0, 3);
    assertThat(setAside()).hasSize(1);
  }

  @Test
  void aTruncatedFileGivesWhatItStillHas() throws Exception {
    open();
    fill("A", 0, 3000);
    String epoch = spool.epoch();
    spool.close();
    try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
      bytes.setLength(bytes.length() * 3 / 4);
    }
    open();
    assertThat(setAside()).hasSize(1);
    assertThat(spool.epoch()).isEqualTo(epoch);
    assertThat(numbers("A").size()).isGreaterThan(1000);
    long last = Records.all(spool).get(Records.all(spool).size() - 1).seq();
    fill("A", 3000, 3001);
    assertThat(Records.all(spool).get(Records.all(spool).size() - 1).seq())
        .as("no number that the old file may have given")
        .isGreaterThan(last + (1L << 31));
  }

  @Test
  void noiseOverTheMiddleOfTheOpenFileIsFoundAndTheRestSaved() throws Exception {
    open();
    for (int n = 0; n < 8000; n += 4000) {
      fill("A", n, n + 4000);
    }
    spool.close();
    open();
    byte[] noise = noise(40 * 4096);
    try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
      bytes.seek(bytes.length() / 2 / 4096 * 4096);
      bytes.write(noise);
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Records.all(spool);
              fill("B", 0, 1);
              return spool.status().corrupt() == 1;
            });
    fill("B", 1, 2);
    assertThat(numbers("A").size()).isBetween(2000, 7999);
    assertThat(numbers("A")).contains(0L, 7999L).isSorted();
    assertThat(numbers("B")).contains(1L);
  }

  @Test
  void bodiesAreUnreadableWithoutTheKeyAndTheKeyIsItsOwnersAlone() throws Exception {
    Path key = folder.resolve("keys/spool.key");
    settings =
        new SpoolSettings(file(), 1 << 24, Duration.ofDays(1), Policy.DROP_OLDEST, 4, key, true);
    open();
    fill("A", 0, 5);
    assertThat(numbers("A")).hasSize(5);
    spool.close();
    assertThat(Files.getPosixFilePermissions(key))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(file(), StandardCharsets.ISO_8859_1)).doesNotContain("fan_speed");
    open();
    assertThat(numbers("A")).hasSize(5);
    spool.close();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(this::open).hasMessageContaining("set its mode to 600");
  }

  @Test
  void aDamagedRecordThatIsEncryptedKeepsNoGatewayFromStarting() throws Exception {
    settings =
        new SpoolSettings(
            file(),
            1 << 24,
            Duration.ofDays(1),
            Policy.DROP_OLDEST,
            4,
            folder.resolve("spool.key"),
            true);
    open();
    fill("A", 0, 1);
    spool.close();
    try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file());
        var sql = connection.createStatement()) {
      sql.execute("UPDATE record SET body = CAST(substr(body, 1, 40) AS BLOB)");
    }
    open();
    assertThat(numbers("A")).isEmpty();
    assertThat(spool.status().damaged()).isEqualTo(1);
    fill("A", 1, 2);
    assertThat(numbers("A")).isNotEmpty();
  }

  @Test
  void withoutTheKeyNothingIsTouchedAndWithItAllIsThereAgain() throws Exception {
    Path key = folder.resolve("spool.key");
    settings =
        new SpoolSettings(file(), 1 << 24, Duration.ofDays(1), Policy.DROP_OLDEST, 4, key, true);
    open();
    fill("A", 0, 5);
    spool.close();
    Path away = Files.move(key, folder.resolve("away"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not there");
    assertThat(key).doesNotExist();
    settings = SpoolSettings.at(file());
    assertThatThrownBy(this::open).hasMessageContaining("no key is set");
    settings =
        new SpoolSettings(file(), 1 << 24, Duration.ofDays(1), Policy.DROP_OLDEST, 4, key, true);
    SpoolKey.at(key);
    assertThatThrownBy(this::open).hasMessageContaining("is another key");
    Files.move(away, key, StandardCopyOption.REPLACE_EXISTING);
    open();
    assertThat(numbers("A")).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(setAside()).isEmpty();
  }

  @Test
  void aFullDiskLeavesACorruptFileWhereItIs() throws Exception {
    open();
    fill("A", 0, 3000);
    spool.close();
    try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
      bytes.seek(bytes.length() / 2 / 4096 * 4096);
      bytes.write(noise(8 * 4096));
    }
    byte[] before = Files.readAllBytes(file());
    SpoolSalvage salvage = new SpoolSalvage(file(), new RecordCodec(null), new SetAside(file()));
    assertThatThrownBy(() -> salvage.run(1, 30, true)).hasMessageContaining("no room");
    assertThat(file()).hasBinaryContent(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(path -> path.toString().contains(".new"))).isEmpty();
    }
    open();
    assertThat(numbers("A").size()).as("when there is room").isBetween(1500, 2999);
    assertThat(setAside()).hasSize(1);
  }

  @Test
  void whatIsSetAsideGivesWayToRecords() throws Exception {
    Files.write(file(), noise(800_000));
    open(1 << 20, Policy.DROP_OLDEST);
    fill("A", 0, 100);
    assertThat(setAside()).hasSize(1);
    fill("A", 100, 12_000);
    assertThat(setAside()).isEmpty();
    assertThat(numbers("A")).endsWith(11_999L);
  }

  @Test
  void aSetAsideThatWasKilledIsEndedAtTheNextStart() throws Exception {
    open();
    fill("A", 0, 5);
    spool.close();
    Path ready = folder.resolve("ready");
    Files.move(file(), ready);
    open();
    fill("B", 0, 3);
    Path log = folder.resolve("log");
    Files.copy(Path.of(file() + "-wal"), log);
    Path old = folder.resolve("old");
    Files.copy(file(), old);
    spool.close();
    // The log was moved already, the file not yet.
    Files.move(old, file(), StandardCopyOption.REPLACE_EXISTING);
    Files.move(log, folder.resolve("spool.db.corrupt-20260101T000000.000-wal"));
    Files.move(ready, folder.resolve("spool.db.ready-20260101T000000.000"));
    open();
    assertThat(numbers("A")).hasSize(5);
    spool.close();
    settings = SpoolSettings.at(setAside().get(0));
    open();
    assertThat(numbers("B")).as("with its log").hasSize(3);
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

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    return noise;
  }

  @Test
  void aSecondGatewayIsToldThatTheSpoolIsInUse() {
    open();
    assertThatThrownBy(() -> new Spool(settings, time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another gateway uses");
  }

  @Test
  void aDamagedRecordIsLeftOutAndCounted() throws Exception {
    open();
    fill("A", 0, 3);
    spool.close();
    try (var sql = SpoolFile.connect(file())) {
      sql.createStatement().execute("UPDATE record SET body = zeroblob(40) WHERE seq = 2");
    }
    open();
    assertThat(numbers("A")).containsExactly(0L, 2L);
    assertThat(spool.status().damaged()).isEqualTo(1);
  }
}
