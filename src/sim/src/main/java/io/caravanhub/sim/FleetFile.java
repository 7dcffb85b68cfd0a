package io.caravanhub.sim;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The file that names the fleet. It may appear after the plant has started. */
final class FleetFile {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final ObjectMapper json =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  private final Path file;

  FleetFile(Path file) {
    this.file = file;
  }

  /**
   * Waits for the file to be there and whole.
   *
   * @return the fleet, or empty when the lifetime ended first
   */
  Optional<Fleet> await(Lifetime lifetime) throws InterruptedException {
    Optional<Fleet> fleet = read();
    while (fleet.isEmpty() && !lifetime.isOver(LOOK_EVERY)) {
      fleet = read();
    }
    return fleet;
  }

  /** A file that is absent, or only half written yet, is no fleet. */
  private Optional<Fleet> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Fleet fleet = json.readValue(file.toFile(), Fleet.class);
      boolean whole =
          fleet.hubUrl() != null && fleet.tokens() != null && fleet.webhookSecret() != null;
      return whole ? Optional.of(fleet) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
