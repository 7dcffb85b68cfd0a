package io.caravanhub.edge.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that are damaged, or whose key is absent. */
class SpoolDamageTest extends OpenSpool {
  private List<Path> setAside() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.toString().matches(".*spool\\.db\\.corrupt-[^-]*")).toList();
    }
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
