package io.caravanhub.hub.gatewayconfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The device maps in a gateway's package: gateways are shipped with the mappings that the hub is
 * shipped with. Thread-safe.
 */
@Component
class ShippedMaps {
  private final Path mappings;

  ShippedMaps(@Value("${hub.mappings}") Path mappings) {
    this.mappings = mappings.toAbsolutePath().normalize();
  }

  boolean has(String map) {
    Path file = mappings.resolve(map).normalize();
    return file.startsWith(mappings) && Files.isRegularFile(file);
  }

  /** The map's text. */
  Optional<String> text(String map) {
    try {
      return has(map)
          ? Optional.of(Files.readString(mappings.resolve(map).normalize()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("device map " + map + " cannot be read: " + e, e);
    }
  }
}
