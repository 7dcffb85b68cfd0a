package io.caravanhub.hub.fault;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Payloads gone wrong: bits turned over, ends torn off, numbers and types nobody expects, nesting,
 * bytes that are no text. The same number always gives the same payload. Thread-safe.
 */
public final class Mutations {
  private static final int MOST_AT_ONCE = 3;
  private static final int DEEPEST = 1_500;

  private static final List<String> VALUES =
      List.of(
          "1e999",
          "-1e999",
          "1e-999",
          "-0",
          "9223372036854775808",
          "123456789012345678901234567890.5",
          "0." + "3".repeat(400),
          "NaN",
          "null",
          "true",
          "\"n/a\"",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "[]",
          "{}",
          "[1]",
          "{\"value\":{}}",
          "\"" + "x".repeat(5_000) + "\"");

  private static final List<byte[]> BYTES =
      List.of(
          new byte[] {0},
          new byte[] {(byte) 0xff, (byte) 0xfe},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
          ",".getBytes(StandardCharsets.US_ASCII),
          "}".getBytes(StandardCharsets.US_ASCII),
          "\"".getBytes(StandardCharsets.US_ASCII));

  private Mutations() {}

  /** The mutation of this number. */
  public static byte[] of(byte[] payload, long number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] mutated = payload;
    for (int times = random.nextInt(MOST_AT_ONCE) + 1; times > 0; times--) {
      mutated = once(mutated, random);
    }
    return mutated;
  }

  private static byte[] once(byte[] payload, SplittableRandom random) {
    if (payload.length == 0) {
      return payload;
    }
    int at = random.nextInt(payload.length);
    int to = at + random.nextInt(Math.min(64, payload.length - at));
    return switch (random.nextInt(8)) {
      case 0, 1 -> {
        byte[] flipped = payload.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 2 -> Arrays.copyOf(payload, at);
      case 3 -> replaced(payload, at, at, BYTES.get(random.nextInt(BYTES.size())));
      case 4 -> replaced(payload, at, to, new byte[0]);
      case 5 -> replaced(payload, at, at, Arrays.copyOfRange(payload, at, to));
      case 6 -> value(payload, at, VALUES.get(random.nextInt(VALUES.size())));
      default -> {
        int depth = random.nextInt(random.nextInt(16) == 0 ? DEEPEST : 20);
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        yield value(
            payload, at, open.repeat(depth) + "1" + (open.equals("[") ? "]" : "}").repeat(depth));
      }
    };
  }

  /** Puts something else where the next number or text stands. */
  private static byte[] value(byte[] payload, int from, String value) {
    int start = from;
    while (start < payload.length && payload[start] != ':' && payload[start] != '[') {
      start++;
    }
    if (start == payload.length) {
      return payload;
    }
    int end = start + 1;
    while (end < payload.length && ",]}".indexOf(payload[end]) < 0) {
      end++;
    }
    return replaced(payload, start + 1, end, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] replaced(byte[] payload, int from, int to, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + with.length);
    out.write(payload, 0, from);
    out.writeBytes(with);
    out.write(payload, to, payload.length - to);
    return out.toByteArray();
  }
}
