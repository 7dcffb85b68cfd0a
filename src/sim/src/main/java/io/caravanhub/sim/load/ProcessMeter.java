package io.caravanhub.sim.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * CPU seconds and resident memory of a process with all its children, as proc(5) tells them. Only
 * on Linux; elsewhere, or when the process is gone, it reads 0. Thread-safe.
 */
final class ProcessMeter {
  /** USER_HZ, which Linux keeps at 100 for all programs (time(7)). */
  private static final double TICKS_A_SECOND = 100;

  private static final int UTIME = 11;
  private static final int PARENT = 1;

  private final long pid;

  private ProcessMeter(long pid) {
    this.pid = pid;
  }

  static ProcessMeter of(long pid) {
    return new ProcessMeter(pid);
  }

  /** The process whose id is in the first line of a file; a meter that reads 0 without the file. */
  static ProcessMeter inFile(Path file) {
    return new ProcessMeter(readPid(file).orElse(-1));
  }

  private static OptionalLong readPid(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.limit(1).map(String::strip).mapToLong(Long::parseLong).findFirst();
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  boolean isThere() {
    return pid > 0 && Files.exists(Path.of("/proc", Long.toString(pid)));
  }

  /** CPU seconds, user and system, since the process began, of it and its children. */
  double cpuSeconds() {
    double ticks = 0;
    for (long process : family()) {
      String[] stat = stat(process);
      if (stat.length > UTIME + 3) {
        // utime, stime, and cutime, cstime of the children that ended
        for (int i = UTIME; i < UTIME + 4; i++) {
          ticks += Long.parseLong(stat[i]);
        }
      }
    }
    return ticks / TICKS_A_SECOND;
  }

  /** Resident memory in MB of it and its children; pages they share count once in all. */
  double residentMegabytes() {
    double kilobytes = 0;
    for (long process : family()) {
      try (Stream<String> lines =
          Files.lines(Path.of("/proc", Long.toString(process), "smaps_rollup"))) {
        kilobytes +=
            lines
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
      } catch (IOException | RuntimeException e) {
        // gone meanwhile
      }
    }
    return kilobytes / 1_024;
  }

  private List<Long> family() {
    List<Long> family = new ArrayList<>();
    if (!isThere()) {
      return family;
    }
    family.add(pid);
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      processes
          .map(path -> path.getFileName().toString())
          .filter(name -> Character.isDigit(name.charAt(0)))
          .mapToLong(Long::parseLong)
          .filter(process -> parent(process) == pid)
          .forEach(family::add);
    } catch (IOException e) {
      // only the process itself, then
    }
    return family;
  }

  private static long parent(long process) {
    String[] stat = stat(process);
    return stat.length > PARENT ? Long.parseLong(stat[PARENT]) : -1;
  }

  /** The fields after the command's name, which may hold blanks: state is field 0. */
  private static String[] stat(long process) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(process), "stat"));
      return line.substring(line.lastIndexOf(')') + 2).split(" ");
    } catch (IOException | RuntimeException e) {
      return new String[0];
    }
  }
}
