package io.caravanhub.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that names the fleet. It may appear after the plant has started. */
final class FleetFile {
  private static final Logger log = LoggerFactory.getLogger(FleetFile.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final ObjectMapper json = new ObjectMapper();
  private final Path file;
  private String lastFlaw = "";

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
      JsonNode content = json.readTree(file.toFile());
      for (String field : List.of("hubUrl", "mqttPort", "tokens", "webhookSecret")) {
        if (!content.hasNonNull(field)) {
          throw new IOException(field + ": missing");
        }
      }
      return Optional.of(json.treeToValue(content, Fleet.class));
    } catch (IOException e) {
      tell(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void tell(String flaw) {
    if (!flaw.equals(lastFlaw)) {
      log.warn("{} is no fleet file yet: {}", file, flaw);
      lastFlaw = flaw;
    }
  }
}
