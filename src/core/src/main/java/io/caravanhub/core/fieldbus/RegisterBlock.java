package io.caravanhub.core.fieldbus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Registers that are read in one request: points that touch or overlap, up to 125 registers (Modbus
 * Application Protocol V1.1b3, clause 6.3). Registers nobody asked for are never read, for a device
 * may refuse the whole request because of one of them.
 *
 * @param table which registers
 * @param address of the first
 * @param quantity how many
 * @param points those in it
 */
record RegisterBlock(Register.Table table, int address, int quantity, List<DevicePoint> points) {
  private static final int LARGEST = 125;

  /** Merges the points into as few blocks as there can be. */
  static List<RegisterBlock> plan(List<DevicePoint> points) {
    List<DevicePoint> sorted = new ArrayList<>(points);
    points.stream()
        .map(DevicePoint::exponent)
        .filter(Objects::nonNull)
        .distinct()
        .map(DevicePoint::exponentAt)
        .forEach(sorted::add);
    sorted.sort(
        Comparator.comparing((DevicePoint point) -> point.requireRegister().table())
            .thenComparing(point -> point.requireRegister().address()));
    List<RegisterBlock> blocks = new ArrayList<>();
    List<DevicePoint> run = new ArrayList<>();
    int end = 0;
    for (DevicePoint point : sorted) {
      Register register = point.requireRegister();
      if (!run.isEmpty() && !joins(run.get(0).requireRegister(), end, register)) {
        blocks.add(of(run, end));
        run.clear();
      }
      end = run.isEmpty() ? register.end() : Math.max(end, register.end());
      run.add(point);
    }
    if (!run.isEmpty()) {
      blocks.add(of(run, end));
    }
    return blocks;
  }

  /** One block for each point of this one. */
  List<RegisterBlock> singles() {
    return points.stream().map(point -> of(List.of(point), point.requireRegister().end())).toList();
  }

  /** The points' values out of the registers read. */
  List<Reading> decode(byte[] registers, boolean littleWords) {
    List<Reading> readings = new ArrayList<>();
    for (DevicePoint point : points) {
      Register register = point.requireRegister();
      int at = 2 * (register.address() - address);
      readings.add(
          at + 2 * register.type().words() <= registers.length
              ? reading(point, register.type().decode(registers, at, littleWords))
              : Reading.bad(point, "the device gave fewer registers than asked for"));
    }
    return readings;
  }

  private static Reading reading(DevicePoint point, Number raw) {
    return raw.toString().equals(point.noValue())
        ? Reading.bad(point, "the device has no value here (" + raw + ")")
        : Reading.of(point, raw);
  }

  private static boolean joins(Register first, int end, Register next) {
    return first.table() == next.table()
        && next.address() <= end
        && next.end() - first.address() <= LARGEST;
  }

  private static RegisterBlock of(List<DevicePoint> run, int end) {
    Register first = run.get(0).requireRegister();
    return new RegisterBlock(
        first.table(), first.address(), end - first.address(), List.copyOf(run));
  }
}
