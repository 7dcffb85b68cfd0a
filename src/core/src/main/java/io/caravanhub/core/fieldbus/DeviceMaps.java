package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The device maps below a folder, and before them those that a tenant has of its own; read again
 * when their file changes. Safe for many threads.
 */
final class DeviceMaps {
  private final Path folder;
  private final @Nullable Path tenants;
  private final ConcurrentHashMap<Path, Loaded> loaded = new ConcurrentHashMap<>();

  private record Loaded(String stamp, DeviceMap map) {}

  /**
   * @param tenants folder with a folder for each tenant that has maps of its own, or null
   */
  DeviceMaps(Path folder, @Nullable Path tenants) {
    this.folder = folder.toAbsolutePath().normalize();
    this.tenants = tenants == null ? null : tenants.toAbsolutePath().normalize();
  }

  /**
   * The map that a connection names; the same object while its file does not change.
   *
   * @throws IllegalArgumentException naming file and field when it is missing or wrong
   */
  DeviceMap get(FieldbusConnection connection) {
    String path = connection.map();
    String protocol = connection.protocol();
    Path file = file(connection.tenant(), path);
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      String stamp = now.fileKey() + " " + now.size() + " " + now.lastModifiedTime();
      Loaded known = loaded.get(file);
      if (known == null || !known.stamp().equals(stamp)) {
        known = new Loaded(stamp, read(path, Files.readString(file)));
        loaded.put(file, known);
      }
      if (!family(known.map().protocol()).equals(family(protocol))) {
        throw new IllegalArgumentException(
            "map " + path + ": protocol: expected " + protocol + ", got " + known.map().protocol());
      }
      return known.map();
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "map " + path + ": there is no such file below " + shown(folder), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("map " + file + " cannot be read: " + e, e);
    }
  }

  private Path file(String tenant, String path) {
    if (tenants != null && !tenant.isEmpty()) {
      Path own = tenants.resolve(tenant);
      Path file = own.resolve(path).normalize();
      if (own.normalize().equals(own)
          && tenants.equals(own.getParent())
          && file.startsWith(own)
          && Files.isRegularFile(file)) {
        return file;
      }
    }
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder)) {
      throw new IllegalArgumentException("map " + path + " is outside the mappings folder");
    }
    return file;
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

  private static Path shown(Path folder) {
    // A gateway's own folder is made of links, of one version after the other.
    return folder.endsWith("current/mappings") ? folder.getFileName() : folder;
  }

  private static String family(String protocol) {
    return FieldbusProtocols.get(protocol).family();
  }
}
