package io.caravanhub.edge.uplink;

import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Records;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import java.io.FileOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A spool and an uplink in a process of their own, fed as fast as they take it; writes down each
 * number as soon as the spool has it: {@code KilledGateway SPOOL PORT NUMBERS FIRST}.
 */
public final class KilledGateway {
  private KilledGateway() {}

  public static void main(String[] args) throws Exception {
    SpoolSettings usual = SpoolSettings.at(Path.of(args[0]));
    Spool spool =
        new Spool(
            new SpoolSettings(
                usual.file(),
                usual.maxBytes(),
                Duration.ofDays(1),
                SpoolSettings.Policy.REFUSE,
                4,
                null,
                true),
            new MachineTime());
    HubSettings hub =
        new HubSettings(
            "default",
            "GW-1",
            URI.create("tcp://127.0.0.1:" + args[1]),
            null,
            "GW-1",
            "secret",
            null,
            null,
            null,
            HubSettings.Https.NEVER,
            0.5);
    new Uplink(hub, spool, List::of, UplinkTest.QUICK).start();
    try (FileOutputStream numbers = new FileOutputStream(args[2], true)) {
      Semaphore free = new Semaphore(64);
      for (long n = Long.parseLong(args[3]); ; n++) {
        free.acquire();
        long number = n;
        RecordKind kind = n % 50 == 0 ? RecordKind.EVENT : RecordKind.TELEMETRY;
        spool.append(
            Records.of(spool, "D" + n % 3, n, kind),
            failure -> {
              if (failure == null) {
                write(numbers, number);
              }
              free.release();
            });
        if (n % 10 == 0) {
          Thread.sleep(5);
        }
      }
    }
  }

  private static void write(FileOutputStream numbers, long number) {
    try {
      numbers.write((number + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
