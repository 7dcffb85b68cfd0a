package io.caravanhub.core.fieldbus;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Registers of a Modbus device.
 *
 * @param register which
 * @param order of its bytes
 * @param exponent the register with the power of ten that the number is to be multiplied by, as
 *     SunSpec's scale factors are (SunSpec Device Information Model Specification, sunssf); else
 *     null
 * @param noValue the raw number that says that there is no value, in decimal; else null
 * @param bits the bits of the number that are the value; null for all of it
 * @param flags names of single bits; the value is the names of those that are set
 * @param map what holds for all registers of the device
 */
record ModbusPlace(
    Register register,
    RegisterOrder order,
    @Nullable Register exponent,
    @Nullable String noValue,
    @Nullable BitRange bits,
    Map<Integer, String> flags,
    ModbusMap map)
    implements PointPlace {

  /** Bits of a register, both ends included, 0 the least significant. */
  record BitRange(int from, int to) {
    long mask() {
      return to - from == 63 ? -1L : (1L << (to - from + 1)) - 1;
    }
  }

  static ModbusPlace of(DevicePoint point) {
    return (ModbusPlace) point.place();
  }

  static ModbusPlace exponent(Register register, ModbusMap map) {
    return new ModbusPlace(register, RegisterOrder.ABCD, null, "-32768", null, Map.of(), map);
  }

  boolean littleWords() {
    return order.littleWords();
  }

  /** What the point is made of: its bits or the names of its flags, where it has such. */
  Object value(Object raw) {
    if (!(raw instanceof Number number)) {
      return raw;
    }
    if (bits != null) {
      return (number.longValue() >> bits.from()) & bits.mask();
    }
    return flags.isEmpty() ? raw : names(number.longValue());
  }

  private String names(long raw) {
    List<String> set =
        new TreeMap<>(flags)
            .entrySet().stream()
                .filter(flag -> (raw >> flag.getKey() & 1) == 1)
                .map(Map.Entry::getValue)
                .toList();
    return set.isEmpty() ? "none" : String.join(",", set);
  }

  @Override
  public boolean isSwitch() {
    return register.table().isBits() || (bits != null && bits.from() == bits.to());
  }

  @Override
  public String shown() {
    return register.shown();
  }
}
