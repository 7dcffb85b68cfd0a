package io.caravanhub.bench;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolRecord;
import io.caravanhub.edge.spool.SpoolSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway's spool holds after some time without a hub: each device says all its tags in one
 * message a second, and every value follows from device, tag and second, so that the store can be
 * compared with it.
 *
 * @param began the first second
 * @param seconds how long
 * @param devices how many, named {@code <prefix>-0} and on
 * @param tags of each device
 */
record Outage(String prefix, Instant began, long seconds, int devices, int tags) {
  /** The value of a tag, in SQL over {@code second}, {@code device} and {@code tag}. */
  static final String VALUE =
      "((second * 7919 + device * 31337 + tag * 104729) % 10000) / 100.0::float8";

  private static final int WAITING = 400;
  private static final long SPOOL_BYTES = 16L << 30;

  /** A spool that was filled: how long that took, and what it takes on the disk. */
  record Filled(Duration took, long bytes) {}

  String device(int index) {
    return prefix + "-" + index;
  }

  /** Name of a tag's metric; its last four digits are the tag's number and 1000. */
  static String metric(int tag) {
    return "drain_" + (1_000 + tag);
  }

  long messages() {
    return seconds * devices;
  }

  long readings() {
    return messages() * tags;
  }

  /** Fills a new spool as fast as it takes messages, each of them waiting for the disk. */
  Filled fill(Path file) throws IOException, InterruptedException {
    SpoolSettings usual = SpoolSettings.at(file);
    SpoolSettings settings =
        new SpoolSettings(
            file, SPOOL_BYTES, usual.maxAge(), usual.policy(), usual.thinKeep(), null, true);
    long start = System.nanoTime();
    try (Spool spool = new Spool(settings, new MachineTime())) {
      Semaphore free = new Semaphore(WAITING);
      AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
      long clock = spool.clock().segmentAt(System.currentTimeMillis());
      for (long second = 0; second < seconds && failed.get() == null; second++) {
        for (int device = 0; device < devices; device++) {
          free.acquire();
          spool.append(
              new SpoolRecord(
                  device(device),
                  RecordKind.TELEMETRY,
                  clock,
                  began.plusSeconds(second).toEpochMilli(),
                  message(second, device)),
              failure -> {
                if (failure != null) {
                  failed.compareAndSet(null, failure);
                }
                free.release();
              });
        }
      }
      free.acquire(WAITING);
      if (failed.get() != null) {
        throw new StoreBusyException("the spool did not take everything", failed.get());
      }
    }
    return new Filled(Duration.ofNanos(System.nanoTime() - start), Files.size(file));
  }

  byte[] message(long second, int device) {
    StringBuilder json = new StringBuilder(64 + 56 * tags);
    json.append("{\"device_id\":\"").append(device(device)).append("\",\"timestamp\":\"");
    json.append(began.plusSeconds(second)).append("\",\"measurements\":[");
    for (int tag = 0; tag < tags; tag++) {
      json.append(tag == 0 ? "" : ",").append("{\"name\":\"").append(metric(tag));
      json.append("\",\"value\":").append(value(second, device, tag)).append(",\"unit\":\"Cel\"}");
    }
    return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  static double value(long second, int device, int tag) {
    return (second * 7919 + device * 31337L + tag * 104_729L) % 10_000 / 100.0;
  }
}
