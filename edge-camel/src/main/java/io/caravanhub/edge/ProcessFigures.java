package io.caravanhub.edge;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Figures of this process and its machine, from {@code /proc} and {@code /sys} where these are. */
final class ProcessFigures {
  private final long started = System.nanoTime();
  private final Path disk;

  /**
   * @param disk a folder of the disk whose room counts
   */
  ProcessFigures(Path disk) {
    this.disk = disk;
  }

  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    String version = ProcessFigures.class.getPackage().getImplementationVersion();
    report.put("software", version == null ? "0.1.0" : version);
    report.put("uptime_s", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started));
    report.put("rss_mb", kilobytes("VmRSS:") / 1024);
    Runtime runtime = Runtime.getRuntime();
    report.put("heap_mb", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    report.put("threads", kilobytes("Threads:"));
    report.put("files", files());
    report.put("disk_free_mb", disk.toFile().getUsableSpace() >> 20);
    report.put("temperature_c", temperature());
    report.put("load", load());
    return report;
  }

  private static long kilobytes(String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static int files() {
    String[] open = Path.of("/proc/self/fd").toFile().list();
    return open == null ? 0 : open.length;
  }

  private static double load() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** The warmest of the machine, null where it does not say. */
  private static @Nullable Double temperature() {
    Double warmest = null;
    try (DirectoryStream<Path> zones =
        Files.newDirectoryStream(Path.of("/sys/class/thermal"), "thermal_zone*")) {
      for (Path zone : zones) {
        double celsius = Double.parseDouble(Files.readString(zone.resolve("temp")).strip()) / 1000;
        warmest = warmest == null ? celsius : Math.max(warmest, celsius);
      }
    } catch (IOException | NumberFormatException e) {
      return warmest;
    }
    return warmest;
  }
}
