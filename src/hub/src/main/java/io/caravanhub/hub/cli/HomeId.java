package io.caravanhub.hub.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The id of a home, made at its first start and kept in {@code hub.id}: the hub sends to a broker
 * outside under it, so that two hubs must not have the same.
 */
final class HomeId {
  private HomeId() {}

  static String of(Path home) {
    Path file = home.resolve("hub.id");
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(home);
        Files.writeString(
            file, "hub-" + UUID.randomUUID().toString().substring(0, 13) + System.lineSeparator());
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file, e);
    }
  }
}
