package io.caravanhub.core.fieldbus;

import static io.caravanhub.core.fieldbus.MapFields.flag;
import static io.caravanhub.core.fieldbus.MapFields.oneOf;
import static io.caravanhub.core.fieldbus.MapFields.whole;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the registers of one map and sees that no two of them are the same ones taken otherwise.
 */
final class ModbusPlaces implements FieldbusProtocol.PlaceReader {
  static final Set<String> MAP_FIELDS =
      Set.of("wordOrder", "order", "noValue", "unreadable", "merge", "identity", "writeFunctions");
  static final Set<String> POINT_FIELDS =
      Set.of(
          "address",
          "type",
          "table",
          "length",
          "order",
          "exponent",
          "bit",
          "bits",
          "flags",
          "overlay");
  private static final int LARGEST_GAP = 124;

  private final RegisterOrder order;
  private final Map<RegisterType, String> noValues;
  private final ModbusMap map;
  private final Map<Register.Table, NavigableMap<Integer, Register>> taken =
      new EnumMap<>(Register.Table.class);
  private final Map<Register, Integer> users = new HashMap<>();

  ModbusPlaces(JsonNode map) {
    order = ModbusFields.order(map, RegisterOrder.ABCD);
    noValues = noValues(map.path("noValue"));
    this.map =
        new ModbusMap(
            map.has("merge") ? whole(map, "merge", 0, LARGEST_GAP) : 0,
            unreadable(map.path("unreadable")),
            map.has("identity") ? ModbusIdentity.read(map.get("identity")) : null,
            oneOf(map, "writeFunctions", "single", "single", "multiple").equals("multiple"));
  }

  @Override
  public PointPlace place(JsonNode point) {
    Register register = ModbusFields.register(point);
    Register exponent = point.has("exponent") ? exponent(point, register) : null;
    boolean overlay = flag(point, "overlay");
    ModbusPlace place =
        new ModbusPlace(
            register,
            ModbusFields.order(point, order),
            exponent,
            noValues.get(register.type()),
            ModbusFields.bits(point, register),
            ModbusFields.flags(point, register),
            map);
    take("address", register, overlay);
    if (exponent != null) {
      try {
        take("exponent", exponent, overlay);
      } catch (IllegalArgumentException e) {
        release(register, overlay);
        throw e;
      }
    }
    return place;
  }

  @Override
  public void release(JsonNode point) {
    Register register = ModbusFields.register(point);
    boolean overlay = flag(point, "overlay");
    release(register, overlay);
    if (point.has("exponent")) {
      release(exponent(point, register), overlay);
    }
  }

  // Several points may have the same register.
  private void release(Register register, boolean overlay) {
    if (!overlay && users.merge(register, -1, Integer::sum) == 0) {
      users.remove(register);
      taken.getOrDefault(register.table(), new TreeMap<>()).remove(register.address());
    }
  }

  private void take(String field, Register register, boolean overlay) {
    if (map.isUnreadable(register.address(), register.end())) {
      throw new IllegalArgumentException(
          field + ": " + register.shown() + " is in a range that the map calls unreadable");
    }
    if (overlay) {
      return;
    }
    NavigableMap<Integer, Register> table =
        taken.computeIfAbsent(register.table(), none -> new TreeMap<>());
    Register before = before(table, register);
    if (before != null && !before.equals(register)) {
      throw new IllegalArgumentException(
          "%s: %s as %s overlaps %s as %s; overlay: true says that both are meant"
              .formatted(field, register.shown(), name(register), before.shown(), name(before)));
    }
    table.put(register.address(), register);
    users.merge(register, 1, Integer::sum);
  }

  private static @Nullable Register before(
      NavigableMap<Integer, Register> table, Register register) {
    Map.Entry<Integer, Register> last = table.lowerEntry(register.end());
    return last != null && last.getValue().end() > register.address() ? last.getValue() : null;
  }

  private static String name(Register register) {
    return register.type().name().toLowerCase(Locale.ROOT);
  }

  private static Register exponent(JsonNode node, Register scaled) {
    return new Register(scaled.table(), whole(node, "exponent", 0, 0xFFFF), RegisterType.INT16);
  }

  private static List<ModbusMap.AddressRange> unreadable(JsonNode ranges) {
    List<ModbusMap.AddressRange> read = new ArrayList<>();
    for (JsonNode range : ranges) {
      int from = range.path(0).asInt(-1);
      int to = range.path(1).asInt(-1);
      if (!range.isArray() || range.size() != 2 || from < 0 || to < from || to > 0xFFFF) {
        throw new IllegalArgumentException(
            "unreadable[%d]: expected [first, last], got %s".formatted(read.size(), range));
      }
      read.add(new ModbusMap.AddressRange(from, to));
    }
    return List.copyOf(read);
  }

  private static Map<RegisterType, String> noValues(JsonNode node) {
    Map<RegisterType, String> values = new EnumMap<>(RegisterType.class);
    for (Map.Entry<String, JsonNode> value : node.properties()) {
      try {
        RegisterType type = RegisterType.valueOf(value.getKey().toUpperCase(Locale.ROOT));
        values.put(type, type.number(value.getValue().asText()).toString());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "noValue: expected an integer type and its number, as in {int16: 0x8000}, got "
                + value.getKey()
                + ": "
                + value.getValue(),
            e);
      }
    }
    return values;
  }
}
