package io.caravanhub.core.fieldbus;

import static io.caravanhub.core.fieldbus.MapFields.oneOf;
import static io.caravanhub.core.fieldbus.MapFields.shown;
import static io.caravanhub.core.fieldbus.MapFields.whole;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a register in a map; each mistake names its field. */
final class ModbusFields {
  private static final int LAST_ADDRESS = 0xFFFF;
  private static final Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");

  private ModbusFields() {}

  static Register register(JsonNode node) {
    int address = whole(node, "address", 0, LAST_ADDRESS);
    Register.Table table =
        Register.Table.valueOf(
            upper(oneOf(node, "table", "holding", "holding", "input", "coil", "discrete")));
    RegisterType type = type(node, table);
    int words = type == RegisterType.STRING ? whole(node, "length", 1, 125) : type.words();
    if (type != RegisterType.STRING && node.has("length")) {
      throw new IllegalArgumentException("length: only a string has a length of its own");
    }
    if (address + words > LAST_ADDRESS + 1) {
      throw new IllegalArgumentException(
          "address: " + words + " registers from " + address + " on go past " + LAST_ADDRESS);
    }
    return new Register(table, address, type, words);
  }

  private static RegisterType type(JsonNode node, Register.Table table) {
    if (table.isBits()) {
      oneOf(node, "type", "bit", "bit");
      return RegisterType.BIT;
    }
    String[] types =
        Arrays.stream(RegisterType.values())
            .filter(type -> type != RegisterType.BIT)
            .map(type -> type.name().toLowerCase(Locale.ROOT))
            .toArray(String[]::new);
    return RegisterType.valueOf(upper(oneOf(node, "type", null, types)));
  }

  /** {@code order: CDAB}, or {@code wordOrder: little} for the same. */
  static RegisterOrder order(JsonNode node, RegisterOrder fallback) {
    RegisterOrder order = fallback;
    if (node.has("wordOrder")) {
      boolean little = oneOf(node, "wordOrder", null, "big", "little").equals("little");
      order = little ? RegisterOrder.CDAB : RegisterOrder.ABCD;
    }
    return RegisterOrder.valueOf(
        oneOf(node, "order", order.name(), "ABCD", "CDAB", "BADC", "DCBA"));
  }

  static ModbusPlace.@Nullable BitRange bits(JsonNode node, Register register) {
    if (!node.has("bit") && !node.has("bits")) {
      return null;
    }
    if (node.has("bit") && node.has("bits")) {
      throw new IllegalArgumentException("bits: expected bit or bits, not both");
    }
    int last = lastBit(register, node.has("bit") ? "bit" : "bits");
    if (node.has("bit")) {
      int bit = whole(node, "bit", 0, last);
      return new ModbusPlace.BitRange(bit, bit);
    }
    Matcher range = RANGE.matcher(node.get("bits").asText());
    if (range.matches()) {
      int from = Integer.parseInt(range.group(1));
      int to = Integer.parseInt(range.group(2));
      if (from <= to && to <= last) {
        return new ModbusPlace.BitRange(from, to);
      }
    }
    throw new IllegalArgumentException(
        "bits: expected FROM..TO within 0..%d, got %s".formatted(last, shown(node.get("bits"))));
  }

  static Map<Integer, String> flags(JsonNode node, Register register) {
    Map<Integer, String> flags = new TreeMap<>();
    for (Map.Entry<String, JsonNode> flag : node.path("flags").properties()) {
      int last = lastBit(register, "flags");
      try {
        int bit = Integer.parseInt(flag.getKey());
        if (bit >= 0 && bit <= last) {
          flags.put(bit, flag.getValue().asText());
          continue;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("flags: expected a bit, got " + flag.getKey(), e);
      }
      throw new IllegalArgumentException(
          "flags: expected bits 0 to " + last + ", got " + flag.getKey());
    }
    return Map.copyOf(flags);
  }

  private static int lastBit(Register register, String field) {
    if (!register.type().isInteger()) {
      throw new IllegalArgumentException(
          field + ": only an integer has bits, not a " + lower(register.type().name()));
    }
    return 16 * register.words() - 1;
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
