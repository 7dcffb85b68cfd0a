package io.caravanhub.core.fieldbus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Registers that are read in one request: points that touch or overlap, or lie no further apart
 * than the map allows, up to 125 registers (Modbus Application Protocol V1.1b3, clause 6.3). Unless
 * the map says so, registers nobody asked for are never read, for a device may refuse the whole
 * request because of one of them; those it calls unreadable never are.
 *
 * @param table which registers
 * @param address of the first
 * @param quantity how many
 * @param points those in it
 */
record RegisterBlock(Register.Table table, int address, int quantity, List<DevicePoint> points) {
  /** Merges the points into as few blocks as there can be. */
  static List<RegisterBlock> plan(List<DevicePoint> points) {
    List<DevicePoint> sorted = new ArrayList<>(points);
    Set<Register> exponents = new LinkedHashSet<>();
    for (DevicePoint point : points) {
      ModbusPlace place = ModbusPlace.of(point);
      if (place.exponent() != null && exponents.add(place.exponent())) {
        sorted.add(DevicePoint.exponentAt(place.exponent(), place.map()));
      }
    }
    return plan(sorted, points.isEmpty() ? 0 : ModbusPlace.of(points.get(0)).map().merge());
  }

  private static List<RegisterBlock> plan(List<DevicePoint> points, int gap) {
    List<DevicePoint> sorted = new ArrayList<>(points);
    sorted.sort(
        Comparator.comparing((DevicePoint point) -> register(point).table())
            .thenComparing(point -> register(point).address()));
    List<RegisterBlock> blocks = new ArrayList<>();
    List<DevicePoint> run = new ArrayList<>();
    int end = 0;
    for (DevicePoint point : sorted) {
      Register register = register(point);
      if (!run.isEmpty() && !joins(run.get(0), end, register, gap)) {
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

  /** Smaller blocks for one that was refused: without gaps, or else one for each point. */
  List<RegisterBlock> smaller() {
    List<RegisterBlock> runs = plan(points, 0);
    return runs.size() > 1 ? runs : singles();
  }

  private List<RegisterBlock> singles() {
    return points.stream().map(point -> of(List.of(point), register(point).end())).toList();
  }

  /** The points' values out of the registers read, or out of the coils, eight in a byte. */
  List<Reading> decode(byte[] bytes) {
    List<Reading> readings = new ArrayList<>(points.size());
    for (DevicePoint point : points) {
      readings.add(table.isBits() ? coil(point, bytes) : reading(point, bytes));
    }
    return readings;
  }

  private Reading coil(DevicePoint point, byte[] bytes) {
    int at = register(point).address() - address;
    return Reading.of(point, (bytes[at / 8] >> at % 8) & 1);
  }

  private Reading reading(DevicePoint point, byte[] bytes) {
    ModbusPlace place = ModbusPlace.of(point);
    Register register = place.register();
    try {
      Object raw =
          register
              .type()
              .decode(bytes, 2 * (register.address() - address), register.words(), place.order());
      return raw.toString().equals(place.noValue())
          ? Reading.bad(point, "the device has no value here (" + raw + ")")
          : Reading.of(point, place.value(raw));
    } catch (IllegalArgumentException e) {
      return Reading.bad(point, String.valueOf(e.getMessage()));
    }
  }

  private static Register register(DevicePoint point) {
    return ModbusPlace.of(point).register();
  }

  private static boolean joins(DevicePoint first, int end, Register next, int gap) {
    Register.Table table = register(first).table();
    return table == next.table()
        && next.address() <= end + gap
        && next.end() - register(first).address() <= table.largest()
        && !ModbusPlace.of(first).map().isUnreadable(end, next.address());
  }

  private static RegisterBlock of(List<DevicePoint> run, int end) {
    Register first = register(run.get(0));
    return new RegisterBlock(
        first.table(), first.address(), end - first.address(), List.copyOf(run));
  }
}
