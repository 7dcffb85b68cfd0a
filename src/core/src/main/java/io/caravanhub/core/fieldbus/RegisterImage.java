package io.caravanhub.core.fieldbus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Registers at hand instead of a device: what a poll by a map would give of them. For golden files
 * and for looking at a dump.
 */
public final class RegisterImage {
  private RegisterImage() {}

  /**
   * Reads the registers as a poll does.
   *
   * @param map the content of a {@code *.modbus.yaml}
   * @param tables {@code {holding: {"40069": [103, 50, …]}, input: {…}}}: runs of registers by the
   *     address of their first
   * @return {@code {measurements: […]}} as the poll is sent on
   * @throws IllegalArgumentException naming the field that is wrong, or the register that is absent
   */
  public static Map<String, Object> read(
      String map, Map<String, Map<String, List<Integer>>> tables) {
    DeviceMap device = DeviceMapReader.read(map);
    List<Reading> readings = new ArrayList<>();
    for (RegisterBlock block : RegisterBlock.plan(device.points())) {
      readings.addAll(block.decode(registers(block, tables)));
    }
    List<Object> measurements = new ArrayList<>();
    for (Reading reading : inOrder(device, Exponents.apply(readings))) {
      measurements.add(measurement(reading));
    }
    return Map.of("measurements", measurements);
  }

  private static byte[] registers(
      RegisterBlock block, Map<String, Map<String, List<Integer>>> tables) {
    String table = block.table().name().toLowerCase(Locale.ROOT);
    boolean bits = block.table().isBits();
    byte[] bytes = new byte[bits ? (block.quantity() + 7) / 8 : 2 * block.quantity()];
    for (int i = 0; i < block.quantity(); i++) {
      int word = register(tables.getOrDefault(table, Map.of()), table, block.address() + i);
      if (bits) {
        bytes[i / 8] |= (byte) ((word & 1) << i % 8);
      } else {
        bytes[2 * i] = (byte) (word >> 8);
        bytes[2 * i + 1] = (byte) word;
      }
    }
    return bytes;
  }

  private static int register(Map<String, List<Integer>> runs, String table, int address) {
    for (Map.Entry<String, List<Integer>> run : runs.entrySet()) {
      int index = address - Integer.parseInt(run.getKey());
      if (index >= 0 && index < run.getValue().size()) {
        return run.getValue().get(index);
      }
    }
    throw new IllegalArgumentException(table + "." + address + ": there is no such register");
  }

  private static List<Reading> inOrder(DeviceMap device, List<Reading> readings) {
    List<Reading> sorted = new ArrayList<>(readings);
    sorted.sort(
        java.util.Comparator.comparing(reading -> device.points().indexOf(reading.point())));
    return sorted;
  }

  private static Map<String, Object> measurement(Reading reading) {
    Map<String, Object> measurement = new LinkedHashMap<>();
    measurement.put("name", reading.point().metric());
    measurement.put("value", reading.value());
    if (reading.point().unit() != null) {
      measurement.put("unit", reading.point().unit());
    }
    if (reading.reason() != null) {
      measurement.put("quality", reading.quality().label());
      measurement.put("reason", reading.reason());
    }
    return measurement;
  }
}
