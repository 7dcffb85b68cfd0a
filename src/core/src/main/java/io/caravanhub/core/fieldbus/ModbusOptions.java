package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a Modbus connection may say beside its address.
 *
 * @param identity what shows that the right device answers, or null
 * @param baud bits a second on the serial line
 * @param parity of a serial line
 * @param stopBits of a serial line
 * @param silence between two frames on a line, or null for what the baud rate asks for
 */
record ModbusOptions(
    @Nullable ModbusIdentity identity,
    int baud,
    Parity parity,
    int stopBits,
    @Nullable Duration silence) {
  private static final Set<Integer> BAUDS =
      Set.of(1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400);

  /** Parity of a character. */
  enum Parity {
    NONE,
    EVEN,
    ODD
  }

  static Set<String> names(String protocol) {
    return switch (protocol) {
      case ModbusProtocol.RTU -> Set.of("identity", "baud", "parity", "stopbits", "silence");
      case ModbusProtocol.RTU_TCP -> Set.of("identity", "silence");
      default -> Set.of("identity");
    };
  }

  /**
   * @throws IllegalArgumentException naming the option
   */
  static ModbusOptions read(Map<String, String> options) {
    String identity = options.get("identity");
    int baud = number(options, "baud", 19200);
    if (!BAUDS.contains(baud)) {
      throw new IllegalArgumentException("baud: expected 1200 to 230400, got " + baud);
    }
    int stopBits = number(options, "stopbits", 1);
    if (stopBits != 1 && stopBits != 2) {
      throw new IllegalArgumentException("stopbits: expected 1 or 2, got " + stopBits);
    }
    int silence = number(options, "silence", -1);
    if (silence > 1000) {
      throw new IllegalArgumentException("silence: expected at most 1000 ms, got " + silence);
    }
    return new ModbusOptions(
        identity == null ? null : ModbusIdentity.parse(identity),
        baud,
        parity(options.getOrDefault("parity", "even")),
        stopBits,
        silence < 0 ? null : Duration.ofMillis(silence));
  }

  private static Parity parity(String text) {
    try {
      return Parity.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("parity: expected none, even or odd, got " + text, e);
    }
  }

  private static int number(Map<String, String> options, String name, int fallback) {
    String text = options.get(name);
    try {
      return text == null ? fallback : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": expected a number, got " + text, e);
    }
  }

  /**
   * Three and a half characters of eleven bits, and no less than 1.75 ms (Modbus over Serial Line
   * V1.02, clause 2.5.1.1).
   */
  Duration frameSilence() {
    return silence != null
        ? silence
        : Duration.ofNanos(Math.max(1_750_000L, Math.round(3.5 * 11 / baud * 1e9)));
  }
}
