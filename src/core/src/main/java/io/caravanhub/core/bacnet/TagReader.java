package io.caravanhub.core.bacnet;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads tagged values (clause 20.2.1). Whatever is not in order is a {@link BacnetFormatException};
 * nothing is ever read beyond the end. Not for several threads.
 */
final class TagReader {
  private static final int DEEPEST = 16;

  private final byte[] octets;
  private int position;

  TagReader(byte[] octets) {
    this.octets = octets;
  }

  /** A tag's number, class and length; the reader stands behind it. */
  private record Head(int number, boolean context, int kind, int length) {
    boolean opening() {
      return context && kind == 6;
    }

    boolean closing() {
      return context && kind == 7;
    }

    boolean primitive() {
      return !opening() && !closing();
    }
  }

  boolean atEnd() {
    return position >= octets.length;
  }

  boolean nextIs(int tag) {
    if (atEnd()) {
      return false;
    }
    Head head = peek();
    return head.context() && head.primitive() && head.number() == tag;
  }

  boolean nextOpens(int tag) {
    if (atEnd()) {
      return false;
    }
    Head head = peek();
    return head.opening() && head.number() == tag;
  }

  boolean nextCloses(int tag) {
    if (atEnd()) {
      return false;
    }
    Head head = peek();
    return head.closing() && head.number() == tag;
  }

  void open(int tag) {
    if (!nextOpens(tag)) {
      throw malformed("opening tag " + tag);
    }
    head();
  }

  void close(int tag) {
    if (!nextCloses(tag)) {
      throw malformed("closing tag " + tag);
    }
    head();
  }

  long unsigned(int tag) {
    return unsigned(context(tag));
  }

  boolean bool(int tag) {
    return unsigned(context(tag)) != 0;
  }

  String bits(int tag) {
    return bits(context(tag));
  }

  String text(int tag) {
    return text(context(tag));
  }

  ObjectId objectId(int tag) {
    return objectId(context(tag));
  }

  /** The octets of a primitive context tag. */
  byte[] context(int tag) {
    if (!nextIs(tag)) {
      throw malformed("context tag " + tag);
    }
    return content(head());
  }

  long enumerated() {
    if (value() instanceof BacnetValue.Enumerated number) {
      return number.value();
    }
    throw malformed("an Enumerated");
  }

  long unsigned() {
    if (value() instanceof BacnetValue.Unsigned number) {
      return number.value();
    }
    throw malformed("an Unsigned");
  }

  ObjectId objectId() {
    if (value() instanceof ObjectId id) {
      return id;
    }
    throw malformed("an object identifier");
  }

  /** Everything up to the closing tag, which is read too. */
  List<BacnetValue> valuesUntilClosing(int tag) {
    return valuesUntilClosing(tag, 0);
  }

  BacnetValue value() {
    return value(0);
  }

  private List<BacnetValue> valuesUntilClosing(int tag, int depth) {
    List<BacnetValue> values = new ArrayList<>();
    while (!nextCloses(tag)) {
      values.add(value(depth));
    }
    close(tag);
    return values;
  }

  private BacnetValue value(int depth) {
    Head head = head();
    if (head.closing() || depth > DEEPEST) {
      throw malformed("a value");
    }
    if (head.opening()) {
      return new BacnetValue.Constructed(
          head.number(), valuesUntilClosing(head.number(), depth + 1));
    }
    if (head.context()) {
      return new BacnetValue.Context(head.number(), HexFormat.of().formatHex(content(head)));
    }
    if (head.number() == 1) {
      return new BacnetValue.Bool(head.kind() == 1);
    }
    byte[] content = content(head);
    return switch (head.number()) {
      case 0 -> new BacnetValue.Null();
      case 2 -> new BacnetValue.Unsigned(unsigned(content));
      case 3 -> new BacnetValue.Signed(signed(content));
      case 4 -> new BacnetValue.Real(exactly(content, 4).getFloat());
      case 5 -> new BacnetValue.DoubleReal(exactly(content, 8).getDouble());
      case 6 -> new BacnetValue.Octets(HexFormat.of().formatHex(content));
      case 7 -> new BacnetValue.Text(text(content));
      case 8 -> new BacnetValue.Bits(bits(content));
      case 9 -> new BacnetValue.Enumerated(unsigned(content));
      case 10 -> {
        ByteBuffer date = exactly(content, 4);
        yield new BacnetValue.Date(octet(date), octet(date), octet(date), octet(date));
      }
      case 11 -> {
        ByteBuffer time = exactly(content, 4);
        yield new BacnetValue.Time(octet(time), octet(time), octet(time), octet(time));
      }
      case 12 -> objectId(content);
      default -> throw malformed("a known application tag");
    };
  }

  private Head peek() {
    int start = position;
    Head head = head();
    position = start;
    return head;
  }

  private Head head() {
    int first = next();
    boolean context = (first & 8) != 0;
    int number = first >> 4 == 15 ? next() : first >> 4;
    int kind = first & 7;
    if (context && kind >= 6) {
      return new Head(number, true, kind, 0);
    }
    if (!context && (number == 1 || kind > 5)) {
      if (kind > 5) {
        throw malformed("a length");
      }
      return new Head(number, false, kind, 0);
    }
    return new Head(number, context, kind, kind < 5 ? kind : length());
  }

  private int length() {
    int length = next();
    if (length == 254) {
      length = next() << 8 | next();
    } else if (length == 255) {
      length = next() << 24 | next() << 16 | next() << 8 | next();
    }
    if (length < 0 || length > octets.length - position) {
      throw malformed("no more than the " + (octets.length - position) + " octets there are");
    }
    return length;
  }

  private byte[] content(Head head) {
    if (!head.primitive() || head.length() > octets.length - position) {
      throw malformed("the value's octets");
    }
    byte[] content = java.util.Arrays.copyOfRange(octets, position, position + head.length());
    position += head.length();
    return content;
  }

  private int next() {
    if (atEnd()) {
      throw malformed("a tag");
    }
    return octets[position++] & 0xFF;
  }

  private BacnetFormatException malformed(String expected) {
    return new BacnetFormatException("octet " + position + ": expected " + expected);
  }

  private static int octet(ByteBuffer bytes) {
    return bytes.get() & 0xFF;
  }

  private static ByteBuffer exactly(byte[] content, int length) {
    if (content.length != length) {
      throw new BacnetFormatException("expected " + length + " octets, got " + content.length);
    }
    return ByteBuffer.wrap(content);
  }

  private static long unsigned(byte[] content) {
    if (content.length == 0 || content.length > 8) {
      throw new BacnetFormatException("expected 1 to 8 octets, got " + content.length);
    }
    long value = 0;
    for (byte octet : content) {
      value = value << 8 | (octet & 0xFF);
    }
    return value;
  }

  private static long signed(byte[] content) {
    long value = unsigned(content);
    int spare = 64 - 8 * content.length;
    return value << spare >> spare;
  }

  private static ObjectId objectId(byte[] content) {
    return ObjectId.ofBits(exactly(content, 4).getInt() & 0xFFFF_FFFFL);
  }

  private static String bits(byte[] content) {
    if (content.length == 0 || content[0] < 0 || content[0] > 7) {
      throw new BacnetFormatException("expected a bit string");
    }
    int length = Math.max(0, 8 * (content.length - 1) - content[0]);
    StringBuilder bits = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bits.append((content[1 + i / 8] & 0x80 >> i % 8) != 0 ? '1' : '0');
    }
    return bits.toString();
  }

  // Character sets of clause 20.2.9; DBCS and JIS keep at least their ASCII.
  private static String text(byte[] content) {
    if (content.length == 0) {
      throw new BacnetFormatException("expected a character set");
    }
    Charset set =
        switch (content[0]) {
          case 0 -> StandardCharsets.UTF_8;
          case 3 -> Charset.forName("UTF-32BE");
          case 4 -> StandardCharsets.UTF_16BE;
          case 5 -> StandardCharsets.ISO_8859_1;
          case 1, 2 -> StandardCharsets.US_ASCII;
          default -> throw new BacnetFormatException("there is no character set " + content[0]);
        };
    int skipped = content[0] == 1 ? Math.min(3, content.length) : 1;
    return new String(content, skipped, content.length - skipped, set);
  }
}
