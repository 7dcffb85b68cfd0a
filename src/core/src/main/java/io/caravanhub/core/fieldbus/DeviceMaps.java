package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ConcurrentHashMap;

/** The device maps below a folder, read again when their file changes. Safe for many threads. */
final class DeviceMaps {
  private final Path folder;
  private final ConcurrentHashMap<String, Loaded> loaded = new ConcurrentHashMap<>();

  private record Loaded(String stamp, DeviceMap map) {}

  DeviceMaps(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * The map; the same object while its file does not change.
   *
   * @throws IllegalArgumentException naming file and field when it is missing or wrong
   */
  DeviceMap get(String path, String protocol) {
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder)) {
      throw new IllegalArgumentException("map " + path + " is outside the mappings folder");
    }
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      String stamp = now.fileKey() + " " + now.size() + " " + now.lastModifiedTime();
      Loaded known = loaded.get(path);
      if (known == null || !known.stamp().equals(stamp)) {
        known = new Loaded(stamp, read(path, Files.readString(file)));
        loaded.put(path, known);
      }
      if (!family(known.map().protocol()).equals(family(protocol))) {
        throw new IllegalArgumentException(
            "map " + path + ": protocol: expected " + protocol + ", got " + known.map().protocol());
      }
      return known.map();
    } catch (IOException e) {
      throw new IllegalArgumentException("map " + file + " cannot be read: " + e, e);
    }
  }

  /** The map in the text, what is wrong told as {@code map FILE:LINE: FIELD: …}. */
  static DeviceMap read(String path, String content) {
    try {
      return DeviceMapReader.read(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "map " + path + MapLines.of(content).at(e.getMessage()) + ": " + e.getMessage(), e);
    }
  }

  private static String family(String protocol) {
    return FieldbusProtocols.get(protocol).family();
  }
}
