package io.caravanhub.core.bacnet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes tagged values (clause 20.2.1). Not for several threads. */
final class TagWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] octets() {
    return out.toByteArray();
  }

  int size() {
    return out.size();
  }

  TagWriter application(BacnetValue value) {
    if (value instanceof BacnetValue.Bool bool) {
      // The value of an application-tagged Boolean is in the tag (clause 20.2.3).
      out.write(0x10 | (bool.value() ? 1 : 0));
    } else if (value instanceof BacnetValue.Null) {
      out.write(0);
    } else if (value instanceof BacnetValue.Unsigned number) {
      primitive(2, false, unsigned(number.value()));
    } else if (value instanceof BacnetValue.Signed number) {
      primitive(3, false, signed(number.value()));
    } else if (value instanceof BacnetValue.Real real) {
      primitive(4, false, real(real.value()));
    } else if (value instanceof BacnetValue.DoubleReal real) {
      primitive(5, false, ByteBuffer.allocate(8).putDouble(real.value()).array());
    } else if (value instanceof BacnetValue.Octets octets) {
      primitive(6, false, HexFormat.of().parseHex(octets.hex()));
    } else if (value instanceof BacnetValue.Text text) {
      primitive(7, false, text(text.value()));
    } else if (value instanceof BacnetValue.Bits bits) {
      primitive(8, false, bits(bits.bits()));
    } else if (value instanceof BacnetValue.Enumerated number) {
      primitive(9, false, unsigned(number.value()));
    } else if (value instanceof BacnetValue.Date date) {
      primitive(10, false, four(date.year(), date.month(), date.day(), date.weekday()));
    } else if (value instanceof BacnetValue.Time time) {
      primitive(11, false, four(time.hour(), time.minute(), time.second(), time.hundredths()));
    } else if (value instanceof ObjectId id) {
      primitive(12, false, ByteBuffer.allocate(4).putInt((int) id.bits()).array());
    } else if (value instanceof BacnetValue.Context context) {
      primitive(context.tag(), true, HexFormat.of().parseHex(context.hex()));
    } else if (value instanceof BacnetValue.Constructed constructed) {
      open(constructed.tag());
      constructed.values().forEach(this::application);
      close(constructed.tag());
    }
    return this;
  }

  TagWriter unsigned(int tag, long value) {
    return primitive(tag, true, unsigned(value));
  }

  TagWriter bool(int tag, boolean value) {
    return primitive(tag, true, new byte[] {(byte) (value ? 1 : 0)});
  }

  TagWriter real(int tag, float value) {
    return primitive(tag, true, real(value));
  }

  TagWriter objectId(int tag, ObjectId id) {
    return primitive(tag, true, ByteBuffer.allocate(4).putInt((int) id.bits()).array());
  }

  TagWriter text(int tag, String value) {
    return primitive(tag, true, text(value));
  }

  TagWriter open(int tag) {
    return bracket(tag, 6);
  }

  TagWriter close(int tag) {
    return bracket(tag, 7);
  }

  private TagWriter bracket(int tag, int kind) {
    if (tag < 15) {
      out.write(tag << 4 | 8 | kind);
    } else {
      out.write(0xF8 | kind);
      out.write(tag);
    }
    return this;
  }

  private TagWriter primitive(int tag, boolean context, byte[] content) {
    int length = content.length;
    int first = (Math.min(tag, 15) << 4) | (context ? 8 : 0) | Math.min(length, 5);
    out.write(first);
    if (tag >= 15) {
      out.write(tag);
    }
    if (length > 253) {
      out.write(254);
      out.write(length >> 8);
      out.write(length);
    } else if (length > 4) {
      out.write(length);
    }
    out.writeBytes(content);
    return this;
  }

  private static byte[] unsigned(long value) {
    int octets = Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 7) / 8);
    return last(value, octets);
  }

  private static byte[] signed(long value) {
    int octets = 1;
    while (octets < 8 && value >> (8 * octets - 1) != 0 && value >> (8 * octets - 1) != -1) {
      octets++;
    }
    return last(value, octets);
  }

  private static byte[] last(long value, int octets) {
    byte[] all = ByteBuffer.allocate(8).putLong(value).array();
    return java.util.Arrays.copyOfRange(all, 8 - octets, 8);
  }

  private static byte[] real(float value) {
    return ByteBuffer.allocate(4).putFloat(value).array();
  }

  private static byte[] four(int a, int b, int c, int d) {
    return new byte[] {(byte) a, (byte) b, (byte) c, (byte) d};
  }

  private static byte[] text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + utf8.length).put((byte) 0).put(utf8).array();
  }

  private static byte[] bits(String bits) {
    byte[] octets = new byte[1 + (bits.length() + 7) / 8];
    octets[0] = (byte) (8 * (octets.length - 1) - bits.length());
    for (int i = 0; i < bits.length(); i++) {
      if (bits.charAt(i) == '1') {
        octets[1 + i / 8] |= (byte) (0x80 >> i % 8);
      }
    }
    return octets;
  }
}
