package io.caravanhub.core.payload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes in protobuf's encoding (protobuf.dev, "Encoding") by a schema. Field names are the
 * schema's, enums their constants' names, bytes base64; {@code google.protobuf.Timestamp} is ISO
 * 8601, its wrappers are their values. Fields that the schema does not know are passed over, but a
 * message of nothing else is refused. Belongs to one thread and one payload.
 */
final class ProtoReader {
  private static final int DEEPEST = 32;

  private final ByteBuffer bytes;
  private int known;

  /** The bytes end early or say what the schema does not. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(int offset, String field, String reason) {
      super(
          "at offset " + offset + (field.isEmpty() ? "" : ", field " + field) + ": " + reason,
          null,
          false,
          false);
    }
  }

  ProtoReader(byte[] payload) {
    this.bytes = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  Object read(ProtoMessage message) {
    Object value = message(message, bytes.limit(), "", 0);
    if (known == 0 && bytes.limit() > 0) {
      throw new Broken(0, "", "none of its fields is in the schema");
    }
    return value;
  }

  private Object message(ProtoMessage message, int end, String path, int depth) {
    if (depth > DEEPEST) {
      throw new Broken(bytes.position(), path, "messages nested deeper than " + DEEPEST);
    }
    Map<String, Object> value = new LinkedHashMap<>();
    while (bytes.position() < end) {
      int at = bytes.position();
      long key = varint(end, path);
      int wire = (int) (key & 7);
      long tag = key >>> 3;
      ProtoField field = tag > 0 && tag < 1 << 29 ? message.fields().get((int) tag) : null;
      if (field == null) {
        if (tag < 1 || tag >= 1 << 29) {
          throw new Broken(at, path, "expected a field, got number " + tag);
        }
        skip(wire, (int) tag, end, path, depth);
      } else {
        known++;
        String name = path.isEmpty() ? field.name() : path + "." + field.name();
        read(field, wire, at, end, name, depth, value);
      }
    }
    for (ProtoField field : message.fields().values()) {
      if (!field.presence() && !field.repeated() && field.key() == null) {
        value.putIfAbsent(field.name(), field.zero());
      }
    }
    return plain(message.name(), value);
  }

  private void read(
      ProtoField field,
      int wire,
      int at,
      int end,
      String path,
      int depth,
      Map<String, Object> into) {
    if (field.key() != null) {
      entry(field, wire, at, end, path, depth, map(into, field.name()));
    } else if (field.repeated() && wire == 2 && field.type().packable()) {
      int stop = length(end, path);
      while (bytes.position() < stop) {
        list(into, field.name()).add(value(field, stop, path, depth));
      }
    } else {
      require(field, wire, at, path);
      Object value = value(field, end, path, depth);
      if (field.repeated()) {
        list(into, field.name()).add(value);
      } else {
        into.put(field.name(), value);
      }
    }
  }

  /** A map's entry is a message of key (1) and value (2). */
  private void entry(
      ProtoField field,
      int wire,
      int at,
      int end,
      String path,
      int depth,
      Map<String, Object> into) {
    if (wire != 2) {
      throw new Broken(at, path, "expected an entry of a map, got wire type " + wire);
    }
    ProtoField keyField = java.util.Objects.requireNonNull(field.key());
    int stop = length(end, path);
    Object key = keyField.zero();
    Object value = field.message() == null ? field.zero() : Map.of();
    while (bytes.position() < stop) {
      int began = bytes.position();
      long tag = varint(stop, path);
      int inner = (int) (tag & 7);
      if (tag >>> 3 == 1) {
        require(keyField, inner, began, path);
        key = value(keyField, stop, path, depth);
      } else if (tag >>> 3 == 2) {
        require(field, inner, began, path);
        value = value(field, stop, path, depth);
      } else {
        skip(inner, (int) (tag >>> 3), stop, path, depth);
      }
    }
    into.put(String.valueOf(key), value);
  }

  private static void require(ProtoField field, int wire, int at, String path) {
    if (wire != field.type().wire) {
      throw new Broken(
          at,
          path,
          "expected " + field.type() + " (wire type " + field.type().wire + "), got " + wire);
    }
  }

  private Object value(ProtoField field, int end, String path, int depth) {
    return switch (field.type()) {
      case INT32 -> (long) (int) varint(end, path);
      case INT64 -> varint(end, path);
      case UINT32 -> varint(end, path) & 0xffff_ffffL;
      case UINT64 -> unsigned(varint(end, path));
      case SINT32, SINT64 -> zigzag(varint(end, path));
      case BOOL -> varint(end, path) != 0;
      case ENUM -> {
        int number = (int) varint(end, path);
        String constant = field.constants().get(number);
        yield constant == null ? (Object) (long) number : constant;
      }
      case FIXED64 -> unsigned(fixed(8, end, path).getLong());
      case SFIXED64 -> fixed(8, end, path).getLong();
      case DOUBLE -> fixed(8, end, path).getDouble();
      case FIXED32 -> fixed(4, end, path).getInt() & 0xffff_ffffL;
      case SFIXED32 -> (long) fixed(4, end, path).getInt();
      // The shortest decimal that is this float, not the double it is nearest to.
      case FLOAT -> Double.parseDouble(Float.toString(fixed(4, end, path).getFloat()));
      case STRING -> text(end, path);
      case BYTES -> Base64.getEncoder().encodeToString(raw(length(end, path)));
      case MESSAGE -> {
        int stop = length(end, path);
        yield message(java.util.Objects.requireNonNull(field.message()), stop, path, depth + 1);
      }
    };
  }

  private static Object unsigned(long value) {
    return value >= 0 ? (Object) value : Double.valueOf(Long.toUnsignedString(value));
  }

  private static long zigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  private long varint(int end, String path) {
    int at = bytes.position();
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (bytes.position() >= end) {
        throw new Broken(at, path, "expected a number, the payload ends in it");
      }
      byte b = bytes.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new Broken(at, path, "expected a number of at most 10 bytes");
  }

  private ByteBuffer fixed(int length, int end, String path) {
    if (end - bytes.position() < length) {
      throw new Broken(
          bytes.position(), path, "expected " + length + " bytes, the payload ends in them");
    }
    return bytes;
  }

  /** Reads a length and returns where what it measures ends. */
  private int length(int end, String path) {
    int at = bytes.position();
    long length = varint(end, path);
    if (length < 0 || length > end - bytes.position()) {
      throw new Broken(
          at, path, "expected " + length + " bytes, there are " + (end - bytes.position()));
    }
    return bytes.position() + (int) length;
  }

  private byte[] raw(int stop) {
    byte[] raw = new byte[stop - bytes.position()];
    bytes.get(raw);
    return raw;
  }

  private String text(int end, String path) {
    int at = bytes.position();
    byte[] raw = raw(length(end, path));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new Broken(at, path, "expected a text in UTF-8");
    }
  }

  private void skip(int wire, int tag, int end, String path, int depth) {
    switch (wire) {
      case 0 -> varint(end, path);
      case 1 -> fixed(8, end, path).position(bytes.position() + 8);
      case 2 -> bytes.position(length(end, path));
      case 3 -> skipGroup(tag, end, path, depth + 1);
      case 5 -> fixed(4, end, path).position(bytes.position() + 4);
      default -> throw new Broken(bytes.position(), path, "there is no wire type " + wire);
    }
  }

  private void skipGroup(int tag, int end, String path, int depth) {
    if (depth > DEEPEST) {
      throw new Broken(bytes.position(), path, "groups nested deeper than " + DEEPEST);
    }
    while (true) {
      long key = varint(end, path);
      if ((key & 7) == 4) {
        if (key >>> 3 != tag) {
          throw new Broken(bytes.position(), path, "a group ends that has not begun");
        }
        return;
      }
      skip((int) (key & 7), (int) (key >>> 3), end, path, depth);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Map<String, Object> into, String name) {
    return (List<Object>) into.computeIfAbsent(name, n -> new ArrayList<>());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> into, String name) {
    return (Map<String, Object>) into.computeIfAbsent(name, n -> new LinkedHashMap<>());
  }

  private static Object plain(String name, Map<String, Object> value) {
    if (name.equals("google.protobuf.Timestamp")) {
      return timestamp(value.get("seconds"), value.get("nanos"));
    }
    Object wrapped = value.get("value");
    return name.startsWith("google.protobuf.") && name.endsWith("Value") && wrapped != null
        ? wrapped
        : value;
  }

  private static Object timestamp(@Nullable Object seconds, @Nullable Object nanos) {
    try {
      return Instant.ofEpochSecond(
              seconds instanceof Number s ? s.longValue() : 0,
              nanos instanceof Number n ? n.longValue() : 0)
          .toString();
    } catch (DateTimeException | ArithmeticException e) {
      return String.valueOf(seconds);
    }
  }
}
