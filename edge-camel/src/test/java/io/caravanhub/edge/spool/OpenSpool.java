package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.FakeTime;
import io.caravanhub.edge.spool.SpoolSettings.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A spool in a folder of its own, closed after the test. */
abstract class OpenSpool {
  @TempDir Path folder;
  final FakeTime time = new FakeTime();
  SpoolSettings settings;
  Spool spool;

  @AfterEach
  void close() {
    if (spool != null) {
      spool.close();
    }
  }

  Path file() {
    return folder.resolve("spool.db");
  }

  Spool open() {
    settings = settings == null ? SpoolSettings.at(file()) : settings;
    spool = new Spool(settings, time);
    return spool;
  }

  void open(long maxBytes, Policy policy) {
    settings = new SpoolSettings(file(), maxBytes, Duration.ofDays(7), policy, 4, null, true);
    open();
  }

  void fill(String device, int from, int to) throws Exception {
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    for (int n = from; n < to; n++) {
      kept.add(Records.append(spool, Records.telemetry(spool, device, n)));
    }
    CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }

  List<Long> numbers(String device) {
    return Records.all(spool).stream()
        .filter(record -> record.content().device().equals(device))
        .map(Records::number)
        .toList();
  }

  static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    return noise;
  }
}
