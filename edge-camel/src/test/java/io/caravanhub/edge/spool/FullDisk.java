package io.caravanhub.edge.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.clock.MachineTime;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A spool on a disk that is filled to the last byte, and emptied again: {@code FullDisk FOLDER}.
 */
final class FullDisk {
  private static final Duration LOADED_MACHINE = Duration.ofSeconds(60);

  private final Path folder;
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicBoolean feeding = new AtomicBoolean(true);
  private final Semaphore free = new Semaphore(256);
  private Spool spool;

  private FullDisk(Path folder) {
    this.folder = folder;
    this.spool = open();
  }

  public static void main(String[] args) throws Exception {
    new FullDisk(Path.of(args[0])).run();
  }

  private Spool open() {
    SpoolSettings usual = SpoolSettings.at(folder.resolve("spool.db"));
    return new Spool(
        new SpoolSettings(
            usual.file(),
            usual.maxBytes(),
            Duration.ofDays(1),
            SpoolSettings.Policy.DROP_OLDEST,
            4,
            null,
            true),
        new MachineTime());
  }

  private void run() throws Exception {
    Files.write(folder.resolve("tenant"), new byte[10 << 20]);
    Thread feeder = new Thread(this::feed);
    feeder.setDaemon(true);
    feeder.start();
    // The room that the spool leaves to others.
    await().atMost(LOADED_MACHINE).until(() -> refused.get() > 0);
    int before = acknowledged.size();
    System.out.println(before + " kept when the disk was full");

    fill();
    // The feeder writes too: what is free changes, that nothing is taken does not.
    long refusedSoFar = refused.get();
    await().atMost(LOADED_MACHINE).until(() -> refused.get() > refusedSoFar);
    TreeSet<Long> gone = new TreeSet<>();
    List<Long> sequences = new ArrayList<>();
    for (StoredRecord record : spool.read(false, 0, Long.MAX_VALUE, 200, 1 << 20).records()) {
      gone.add(Records.number(record));
      sequences.add(record.seq());
    }
    spool.forget(spool.epoch(), sequences).get(60, TimeUnit.SECONDS);
    System.out.println(gone.size() + " deleted on a disk without a free byte");

    Files.delete(folder.resolve("tenant"));
    // The disk fills up under commits that had been told that there is room.
    for (int i = 0; i < 3; i++) {
      int soFar = acknowledged.size();
      Files.delete(folder.resolve("ballast"));
      await().atMost(LOADED_MACHINE).until(() -> acknowledged.size() > soFar);
      fill();
    }
    System.out.println(acknowledged.size() + " kept, " + refused + " refused");
    Files.delete(folder.resolve("ballast"));
    int soFar = acknowledged.size();
    await().atMost(LOADED_MACHINE).until(() -> acknowledged.size() > soFar);
    feeding.set(false);
    feeder.join();
    assertThat(free.tryAcquire(256, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(spool.status().refused()).isEqualTo(refused.get());
    assertThat(spool.status().dropped()).isZero();
    spool.close();

    spool = open();
    List<Long> kept = Records.all(spool).stream().map(Records::number).toList();
    assertThat(kept).doesNotHaveDuplicates();
    acknowledged.removeAll(gone);
    assertThat(new TreeSet<>(kept)).isEqualTo(new TreeSet<>(acknowledged));
    assertThat(spool.status().corrupt()).isZero();
    spool.close();
  }

  private void feed() {
    try {
      for (long n = 1; feeding.get(); n++) {
        free.acquire();
        long number = n;
        Spool current = spool;
        current.append(
            Records.telemetry(current, "D" + n % 3, n),
            failure -> {
              if (failure == null) {
                acknowledged.add(number);
              } else {
                refused.incrementAndGet();
              }
              free.release();
            });
        if (refused.get() > 0) {
          TimeUnit.MICROSECONDS.sleep(200);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until nothing more can be written. */
  private void fill() throws IOException {
    int size = 1 << 20;
    try (OutputStream out = Files.newOutputStream(folder.resolve("ballast"))) {
      while (size > 0) {
        try {
          out.write(new byte[size]);
        } catch (IOException full) {
          size /= 2;
        }
      }
    }
  }
}
