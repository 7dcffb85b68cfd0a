package io.caravanhub.core.fieldbus;

/** Reads a device map without using it. */
public final class DeviceMapFile {
  private DeviceMapFile() {}

  /**
   * Reads the text as a device map.
   *
   * @throws IllegalArgumentException naming the field first, as in {@code points[2].unit: …}
   */
  public static void check(String text) {
    DeviceMapReader.read(text);
  }
}
