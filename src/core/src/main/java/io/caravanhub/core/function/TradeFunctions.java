package io.caravanhub.core.function;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.JFunction;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The functions that mappings have beside JSONata's own, by name. The guide docs/MAPPINGS.md lists
 * them with examples, and a test holds the two together. A first argument that is absent gives
 * nothing, as with JSONata's own functions; in a chain the context stands in for it.
 */
public final class TradeFunctions {
  private static final String ONE = "<x-:x>";
  private static final String TWO = "<x-x?:x>";
  private static final String THREE = "<x-x?x?:x>";
  private static final String FOUR = "<x-x?x?x?:x>";
  private static final String FIVE = "<x-x?x?x?x?:x>";

  private static final Map<String, JFunction> ALL = define();

  private TradeFunctions() {}

  private static Map<String, JFunction> define() {
    Map<String, JFunction> all = new TreeMap<>();
    define(all, UnitFunctions.class, ONE, "f2c", "c2f", "k2c", "c2k", "unit");
    define(all, UnitFunctions.class, THREE, "convert", "convertDifference");
    define(all, NumberFunctions.class, ONE, "num");
    define(all, NumberFunctions.class, TWO, "sf", "unless");
    define(all, NumberFunctions.class, THREE, "scale", "clamp", "reading");
    define(all, NumberFunctions.class, FIVE, "linear");
    define(all, BitFunctions.class, ONE, "bitNot");
    define(all, BitFunctions.class, TWO, "bit", "bitAnd", "bitOr", "bitXor", "flags");
    define(all, BitFunctions.class, TWO, "shiftLeft", "shiftRight");
    define(all, BitFunctions.class, THREE, "bits");
    define(all, RegisterFunctions.class, ONE, "int8", "int16", "uint16", "bcd");
    define(all, RegisterFunctions.class, THREE, "int32", "uint32", "float32");
    define(all, RegisterFunctions.class, TWO, "int64", "uint64", "float64", "registersText");
    define(all, ByteFunctions.class, TWO, "bytes");
    define(all, ByteFunctions.class, ONE, "crc16");
    define(all, ByteFunctions.class, FOUR, "uint", "int", "float");
    define(all, ByteFunctions.class, THREE, "bytesText");
    define(all, TimeFunctions.class, TWO, "epoch");
    define(all, TimeFunctions.class, ONE, "seconds");
    define(all, TimeFunctions.class, THREE, "localTime");
    define(all, TableFunctions.class, THREE, "pick");
    define(all, TableFunctions.class, TWO, "interpolate");
    define(all, AirFunctions.class, TWO, "dewPoint", "wetBulb");
    define(all, AirFunctions.class, THREE, "humidityRatio", "enthalpy");
    define(all, RefrigerantFunctions.class, TWO, "saturationTemp", "saturationPressure");
    define(all, LorawanFunctions.class, ONE, "uplink");
    return Map.copyOf(all);
  }

  private static void define(
      Map<String, JFunction> all, Class<?> home, String signature, String... names) {
    for (String name : names) {
      all.put(name, Jsonata.function(name, signature, home, null, method(name)));
    }
  }

  // Java keeps these two words for itself.
  private static String method(String name) {
    return switch (name) {
      case "int" -> "signed";
      case "float" -> "real";
      default -> name;
    };
  }

  /** Every name, without the dollar sign. */
  public static Set<String> names() {
    return ALL.keySet();
  }

  /** The functions that this expression names. */
  public static Map<String, JFunction> in(String expression) {
    Map<String, JFunction> named = new TreeMap<>(ALL);
    named.keySet().removeIf(name -> !expression.contains("$" + name));
    return named;
  }
}
