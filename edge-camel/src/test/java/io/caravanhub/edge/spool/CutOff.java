package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.MachineTime;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * {@code CutOff FOLDER write NUMBERS} fills a spool and writes down what is acknowledged ({@code
 * 17}) and, before it is, what is to be deleted ({@code -17}). {@code CutOff FOLDER read NUMBERS}
 * writes down what there is.
 */
final class CutOff {
  private CutOff() {}

  public static void main(String[] args) throws Exception {
    Spool spool =
        new Spool(SpoolSettings.at(Path.of(args[0]).resolve("spool.db")), new MachineTime());
    if (args[1].equals("read")) {
      if (spool.status().corrupt() > 0) {
        throw new IllegalStateException("it is corrupt");
      }
      StringBuilder numbers = new StringBuilder();
      Records.all(spool).forEach(one -> numbers.append(Records.number(one)).append('\n'));
      spool.close();
      Files.writeString(Path.of(args[2]), numbers);
      return;
    }
    try (FileOutputStream numbers = new FileOutputStream(args[2])) {
      Semaphore free = new Semaphore(64);
      for (long n = 1; ; n++) {
        free.acquire();
        long number = n;
        spool.append(
            Records.telemetry(spool, "D" + n % 3, n),
            failure -> {
              if (failure == null) {
                write(numbers, number);
              }
              free.release();
            });
        if (n % 500 == 0) {
          List<StoredRecord> oldest = spool.read(false, 0, Long.MAX_VALUE, 300, 1 << 20).records();
          oldest.forEach(one -> write(numbers, -Records.number(one)));
          spool.forget(spool.epoch(), oldest.stream().map(StoredRecord::seq).toList());
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
