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
        known = new Loaded(stamp, DeviceMapReader.read(Files.readString(file)));
        loaded.put(path, known);
      }
      if (!known.map().protocol().equals(protocol)) {
        throw new IllegalArgumentException(
            "protocol: expected " + protocol + ", got " + known.map().protocol());
      }
      return known.map();
    } catch (IOException e) {
      throw new IllegalArgumentException("map " + file + " cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("map " + path + ": " + e.getMessage(), e);
    }
  }
}
