package io.caravanhub.edge.clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The clocks of a Linux machine: {@code /proc/uptime} is the same for every process since the
 * start, so that readings of an earlier process can still be placed in time. Elsewhere each process
 * counts for itself.
 */
public final class MachineTime implements TimeSource {
  private final String boot;
  private final long upAtOrigin;
  private final long origin = System.nanoTime();

  /** Reads where the machine stands now. */
  public MachineTime() {
    String bootId = read("/proc/sys/kernel/random/boot_id");
    String uptime = read("/proc/uptime");
    boolean linux = !bootId.isEmpty() && uptime.contains(" ");
    boot = linux ? bootId : UUID.randomUUID().toString();
    upAtOrigin =
        linux ? Math.round(Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1000) : 0;
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long monotonicMillis() {
    return upAtOrigin + (System.nanoTime() - origin) / 1_000_000;
  }

  @Override
  public String boot() {
    return boot;
  }
}
