package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices that are off, come and go, answer garbage and hang. A few hundred reconnects in a build;
 * {@code -Dfieldbus.reconnects=20000} for a soak.
 */
class ModbusSoakTest {
  private static final int RECONNECTS = Integer.getInteger("fieldbus.reconnects", 300);
  private static final int DEVICES = 8;
  private static final String TIMES =
      "refresh=50&timeout=25&deadline=200&minBackOff=2&maxBackOff=10&queueSize=50";

  @TempDir Path maps;

  private record Use(double heapMegabytes, int threads, long files) {
    static Use now() {
      System.gc();
      double heap =
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0 / 1024;
      int threads =
          (int)
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> !thread.getName().equals("scripted-device"))
                  .count();
      long files =
          ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
              ? unix.getOpenFileDescriptorCount()
              : 0;
      return new Use(heap, threads, files);
    }
  }

  private static byte[] moody(byte[] request) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    byte[] right = ScriptedDevice.right(request);
    switch (random.nextInt(8)) {
      case 0 -> {
        return new byte[0];
      }
      case 1 -> {
        return null;
      }
      case 2 -> random.nextBytes(right);
      case 3 -> right[6]++;
      case 4 -> {
        return java.util.Arrays.copyOf(right, random.nextInt(1, right.length));
      }
      default -> {
        return right;
      }
    }
    return right;
  }

  @Test
  void usesNoMoreHoweverOftenDevicesFail() throws Exception {
    List<ScriptedDevice> devices = new ArrayList<>();
    try (FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-tcp", TIMES, false)) {
      fieldbus.map(
          "m.yaml",
          """
          protocol: modbus-tcp
          points:
            - {metric: a, address: 0, type: int16}
            - {metric: b, address: 10, type: float32}
            - {metric: c, address: 300, type: int16, interval: PT0.05S}
          """);
      for (int i = 0; i < DEVICES; i++) {
        ScriptedDevice device = new ScriptedDevice(ModbusSoakTest::moody);
        devices.add(device);
        fieldbus.connections.add(
            new FieldbusConnection(
                "default",
                "D" + i,
                "modbus-tcp",
                device.address(),
                1,
                "m.yaml",
                Duration.ofMillis(10)));
      }
      soak(devices, RECONNECTS / 3);
      Use before = Use.now();
      soak(devices, RECONNECTS);
      for (ScriptedDevice device : devices) {
        device.listen(true);
        device.answer = ScriptedDevice::right;
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  fieldbus.component().status().stream()
                      .allMatch(status -> status.state() == FieldbusStatus.State.UP));
      Use after = Use.now();
      System.out.printf(
          Locale.ROOT,
          "%d connections accepted, %d reconnects, %d messages: heap %.1f -> %.1f MB, threads %d -> %d, files %d -> %d%n",
          accepted(devices),
          reconnects(fieldbus),
          fieldbus.received.get(),
          before.heapMegabytes,
          after.heapMegabytes,
          before.threads,
          after.threads,
          before.files,
          after.files);
      assertThat(after.threads).isLessThanOrEqualTo(before.threads + 6);
      assertThat(after.files).isLessThanOrEqualTo(before.files + 3 * DEVICES);
      assertThat(after.heapMegabytes).isLessThan(before.heapMegabytes * 1.25 + 4);
    } finally {
      for (ScriptedDevice device : devices) {
        device.close();
      }
    }
  }

  /** Until so many connections were accepted; two devices are switched off and on meanwhile. */
  private static void soak(List<ScriptedDevice> devices, int connections) {
    int[] turn = {0};
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(Duration.ofSeconds(60 + connections / 20))
        .until(
            () -> {
              devices.get(0).listen(turn[0] % 4 == 0);
              devices.get(1).listen(turn[0]++ % 7 < 4);
              return accepted(devices) >= connections;
            });
  }

  private static int accepted(List<ScriptedDevice> devices) {
    return devices.stream().mapToInt(device -> device.accepted.get()).sum();
  }

  private static long reconnects(FieldbusFixture fieldbus) {
    return fieldbus.component().status().stream().mapToLong(FieldbusStatus::reconnects).sum();
  }
}
