package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.MachineTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how many readings a second are on the disk: {@code SpoolRate FOLDER SECONDS DEVICES
 * READINGS}. Each device has one message out at a time, as the poller has, unless a fifth argument
 * says how many.
 */
public final class SpoolRate {
  private SpoolRate() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int seconds = Integer.parseInt(args[1]);
    int devices = Integer.parseInt(args[2]);
    int readings = Integer.parseInt(args[3]);
    int out = args.length > 4 ? Integer.parseInt(args[4]) : 1;
    Path key = args.length > 5 ? folder.resolve("key") : null;
    Path file = folder.resolve("spool.db");
    SpoolSettings usual = SpoolSettings.at(file);
    SpoolSettings settings =
        new SpoolSettings(
            file, 4L << 30, usual.maxAge(), usual.policy(), usual.thinKeep(), key, true);
    try (Spool spool = new Spool(settings, new MachineTime())) {
      run(spool, 2, devices, readings, out);
      long before = spool.status().bytes();
      long began = System.nanoTime();
      long kept = run(spool, seconds, devices, readings, out);
      double took = (System.nanoTime() - began) / 1e9;
      double bytes = spool.status().bytes() - before;
      System.out.printf(
          "spool: %.0f readings/s durable, %.0f messages/s of %d readings, %.1f bytes a reading on"
              + " disk%n",
          kept * readings / took, kept / took, readings, bytes / kept / readings);
    }
  }

  private static long run(Spool spool, int seconds, int devices, int readings, int out)
      throws InterruptedException {
    AtomicLong kept = new AtomicLong();
    Thread[] threads = new Thread[2];
    for (int t = 0; t < threads.length; t++) {
      int first = t;
      threads[t] =
          new Thread(
              () -> {
                Semaphore free = new Semaphore(Math.max(1, devices * out / threads.length));
                Random random = new Random(first);
                long end = System.nanoTime() + seconds * 1_000_000_000L;
                for (int n = first; System.nanoTime() < end; n += threads.length) {
                  free.acquireUninterruptibly();
                  long now = System.currentTimeMillis();
                  spool.append(
                      new SpoolRecord(
                          "DEV-" + n % devices,
                          RecordKind.TELEMETRY,
                          spool.clock().segmentAt(now),
                          now,
                          body("DEV-" + n % devices, now, readings, random)),
                      failure -> {
                        if (failure == null) {
                          kept.incrementAndGet();
                        }
                        free.release();
                      });
                }
                free.acquireUninterruptibly(Math.max(1, devices * out / threads.length));
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return kept.get();
  }

  private static byte[] body(String device, long now, int readings, Random random) {
    StringBuilder json = new StringBuilder(readings * 64);
    json.append("{\"device_id\":\"").append(device).append("\",\"timestamp\":\"");
    json.append(Instant.ofEpochMilli(now)).append("\",\"measurements\":[");
    for (int i = 0; i < readings; i++) {
      json.append(i == 0 ? "" : ",").append("{\"name\":\"point_").append(i).append("\",\"value\":");
      json.append(random.nextInt(10_000) / 100.0).append(",\"unit\":\"Cel\"}");
    }
    return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
