package io.caravanhub.core.fieldbus;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a connection test reads of a device: the first point of its map. The tag is written as PLC4X
 * writes it, for the test goes another way to the device than the readings do. Immutable.
 */
public final class ProbePoint {
  private final DevicePoint point;
  private final String byteOrder;

  private ProbePoint(DevicePoint point, String byteOrder) {
    this.point = point;
    this.byteOrder = byteOrder;
  }

  /**
   * The first point of a device's map.
   *
   * @param mappings folder that device maps are found in
   * @param tenantMaps folder with a folder for each tenant that has maps of its own
   * @throws IllegalArgumentException naming file and field when the map is missing or wrong
   */
  public static ProbePoint of(Path mappings, Path tenantMaps, FieldbusConnection connection) {
    DeviceMap map = new DeviceMaps(mappings, tenantMaps).get(connection);
    boolean little =
        map.points().get(0).place() instanceof ModbusPlace place && place.littleWords();
    // Low word first, each word big-endian, is little-endian with its bytes swapped.
    return new ProbePoint(map.points().get(0), little ? "LITTLE_ENDIAN_BYTE_SWAP" : "BIG_ENDIAN");
  }

  /** The tag in PLC4X's notation; its registers count from 1. */
  public String tag() {
    if (!(point.place() instanceof ModbusPlace place)) {
      return point.place().shown();
    }
    Register register = place.register();
    return register.table().name().toLowerCase(Locale.ROOT)
        + "-register:"
        + (register.address() + 1)
        + ":"
        + plc4xType(register.type());
  }

  /** The order of bytes in PLC4X's notation; for Modbus only. */
  public String byteOrder() {
    return byteOrder;
  }

  /** The metric's key. */
  public String metric() {
    return point.metric();
  }

  /** UCUM code, or null. */
  public @Nullable String unit() {
    return point.unit();
  }

  /**
   * A raw value brought to the point's scale or state name.
   *
   * @throws IllegalArgumentException saying why it cannot be
   */
  public Object value(Object raw) {
    // 540.2f is 540.2, not 540.2000122070312.
    Reading reading =
        Reading.of(point, raw instanceof Float f ? Double.valueOf(f.toString()) : raw);
    if (reading.value() == null) {
      throw new IllegalArgumentException(reading.reason());
    }
    return reading.value();
  }

  private static String plc4xType(RegisterType type) {
    return switch (type) {
      case INT16 -> "INT";
      case UINT16 -> "UINT";
      case INT32 -> "DINT";
      case UINT32 -> "UDINT";
      case FLOAT32 -> "REAL";
      case INT64 -> "LINT";
      case UINT64 -> "ULINT";
      case FLOAT64 -> "LREAL";
      case BCD16 -> "WORD";
      case BCD32 -> "DWORD";
      case STRING -> "STRING";
      case BIT -> "BOOL";
    };
  }
}
