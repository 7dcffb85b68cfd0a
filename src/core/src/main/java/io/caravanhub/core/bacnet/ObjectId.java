package io.caravanhub.core.bacnet;

/**
 * The identifier of an object in a device (clause 20.2.14).
 *
 * @param type 0 to 1023
 * @param instance 0 to 4194303
 */
public record ObjectId(int type, int instance) implements BacnetValue {
  /** The type of device objects. */
  public static final int DEVICE = 8;

  /** The instance that stands for no or for any (clause 20.2.14, 15.5). */
  public static final int ANY_INSTANCE = 0x3F_FFFF;

  public ObjectId {
    if (type < 0 || type > 0x3FF || instance < 0 || instance > ANY_INSTANCE) {
      throw new IllegalArgumentException("no object identifier: " + type + ":" + instance);
    }
  }

  /** The device object with this instance. */
  public static ObjectId device(int instance) {
    return new ObjectId(DEVICE, instance);
  }

  /**
   * Reads {@code analog-input:3}.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static ObjectId parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("\\d{1,7}")) {
      int instance = Integer.parseInt(text.substring(colon + 1));
      if (instance <= ANY_INSTANCE) {
        return new ObjectId(BacnetNames.objectType(text.substring(0, colon)), instance);
      }
    }
    throw new IllegalArgumentException(
        "expected type:instance such as analog-input:3, got " + text);
  }

  static ObjectId ofBits(long bits) {
    return new ObjectId((int) (bits >>> 22) & 0x3FF, (int) bits & ANY_INSTANCE);
  }

  long bits() {
    return (long) type << 22 | instance;
  }

  /** Whether it is of this type by name, for instance {@code analog-input}. */
  public boolean is(String typeName) {
    return BacnetNames.objectType(type).equals(typeName);
  }

  @Override
  public String toString() {
    return BacnetNames.objectType(type) + ":" + instance;
  }
}
