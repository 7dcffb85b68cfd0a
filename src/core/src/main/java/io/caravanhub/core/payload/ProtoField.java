package io.caravanhub.core.payload;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a message as the reader needs it.
 *
 * @param path for errors, the field's own name
 * @param presence whether an absent field is absent, and not its type's zero (proto3's plain
 *     scalars)
 * @param message of a field or map value that is a message
 * @param constants of an enum, by number
 * @param key of a map; the other parts are then its value's
 */
record ProtoField(
    String name,
    int tag,
    Type type,
    boolean repeated,
    boolean presence,
    @Nullable ProtoMessage message,
    Map<Integer, String> constants,
    @Nullable ProtoField key) {

  /**
   * Types by their names in schemas, each with its wire type (protobuf encoding, "Message
   * Structure").
   */
  enum Type {
    INT32(0),
    INT64(0),
    UINT32(0),
    UINT64(0),
    SINT32(0),
    SINT64(0),
    BOOL(0),
    ENUM(0),
    FIXED64(1),
    SFIXED64(1),
    DOUBLE(1),
    STRING(2),
    BYTES(2),
    MESSAGE(2),
    FIXED32(5),
    SFIXED32(5),
    FLOAT(5);

    final int wire;

    Type(int wire) {
      this.wire = wire;
    }

    boolean packable() {
      return wire != 2;
    }
  }

  /** What an absent field without presence counts as. */
  Object zero() {
    return switch (type) {
      case BOOL -> false;
      case STRING, BYTES -> "";
      case ENUM -> constants.getOrDefault(0, "0");
      case DOUBLE, FLOAT -> 0.0;
      default -> 0L;
    };
  }
}
