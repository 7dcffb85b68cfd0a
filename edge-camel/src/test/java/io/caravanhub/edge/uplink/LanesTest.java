package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Records;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolRecord;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.edge.spool.StoredRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanesTest {
  @TempDir private Path folder;
  private Spool spool;
  private Lanes lanes;

  @BeforeEach
  void openSpool() {
    spool = new Spool(SpoolSettings.at(folder.resolve("spool.db")), new MachineTime());
    lanes = new Lanes(spool);
  }

  @AfterEach
  void closeSpool() {
    spool.close();
  }

  private void give(int records, int devices, int bytes) throws Exception {
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      byte[] body = new byte[bytes];
      java.util.Arrays.fill(body, (byte) ' ');
      kept.add(
          Records.append(
              spool, new SpoolRecord("D-" + i % devices, RecordKind.TELEMETRY, 0, i, body)));
    }
    CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }

  @Test
  void devicesAreDividedEvenlyAndEachStaysInItsOrder() throws Exception {
    give(800, 8, 100);
    lanes.begin();
    assertThat(lanes.fill(0)).isTrue();

    assertThat(lanes.backfill).extracting(Stream::size).containsOnly(200);
    Map<String, Stream> streamOf = new HashMap<>();
    for (Stream stream : lanes.backfill) {
      List<StoredRecord> records = stream.take(1_000, Long.MAX_VALUE);
      assertThat(records).extracting(StoredRecord::seq).isSorted();
      for (StoredRecord record : records) {
        assertThat(streamOf.computeIfAbsent(record.content().device(), d -> stream))
            .isSameAs(stream);
      }
      assertThat(stream.bytes()).isZero();
    }
    assertThat(streamOf).hasSize(8);
  }

  @Test
  void aFileWithLowerNumbersIsAnotherAlsoWhenThereIsNothingToRead() throws Exception {
    give(1, 1, 100);
    // The second new file begins at the same number as the first.
    spoil();
    give(500, 1, 100);
    lanes.begin();
    assertThat(lanes.fill(0)).isTrue();
    assertThat(lanes.fill(0)).isTrue();
    long highest = spool.highest();
    spoil();
    assertThat(spool.highest()).isLessThan(highest);
    assertThat(lanes.fill(0)).isFalse();
  }

  private void spoil() throws Exception {
    for (String part : List.of("", "-wal")) {
      Path file = Path.of(folder.resolve("spool.db") + part);
      byte[] noise = new byte[(int) Files.size(file)];
      new Random(7).nextBytes(noise);
      Files.write(file, noise, StandardOpenOption.WRITE);
    }
    long before = spool.status().corrupt();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Records.append(spool, Records.telemetry(spool, "lost", 0));
              spool.read(false, 0, Long.MAX_VALUE, 10, 1_000);
              return spool.status().corrupt() > before;
            });
  }

  @Test
  void largeRecordsAreNotReadFarAhead() throws Exception {
    give(120, 1, 200_000);
    lanes.begin();
    long most = 0;
    int sent = 0;
    while (lanes.backfilling()) {
      lanes.fill(0);
      most = Math.max(most, lanes.backfill.stream().mapToLong(Stream::bytes).sum());
      for (Stream stream : lanes.backfill) {
        sent += stream.take(1, Long.MAX_VALUE).size();
      }
    }
    assertThat(sent).isEqualTo(120);
    assertThat(most).isBetween(1_000_000L, 6_000_000L);
  }
}
