package io.caravanhub.hub.fault;

import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Payloads as devices really send them: those beside the mappings, and the hub's own shapes. */
public final class Samples {
  private Samples() {}

  /**
   * A payload.
   *
   * @param mapping the mapping that reads it, empty when it is canonical
   */
  public record Sample(String mapping, byte[] payload) {}

  /** The three canonical shapes, alone and as an array. */
  public static List<Sample> canonical() {
    String now = Instant.now().toString();
    List<String> shapes =
        List.of(
            "{\"deviceId\":\"D\",\"timestamp\":\"NOW\",\"metrics\":{\"temperature\":21.5,\"humidity\":40}}",
            "{\"device_id\":\"D\",\"timestamp\":\"NOW\",\"measurements\":[{\"name\":\"supply_air_temp\",\"value\":57.1,\"unit\":\"[degF]\",\"quality\":\"good\"},{\"name\":\"compressor_status\",\"value\":\"on\"}]}",
            "{\"device_id\":\"D\",\"readings\":[{\"variable\":\"discharge_pressure\",\"value\":241.1,\"unit\":\"[psi]\"}]}",
            "[{\"device_id\":\"D\",\"timestamp\":\"NOW\",\"metrics\":{\"temperature\":{\"value\":21.5,\"unit\":\"Cel\"}}}]");
    return shapes.stream().map(s -> new Sample("", bytes(s.replace("NOW", now)))).toList();
  }

  /** What stands beside the mappings of these folders. */
  public static List<Sample> mapped(List<String> makers) {
    List<Sample> samples = new ArrayList<>();
    for (String maker : makers) {
      Path folder = TestDatabase.root().resolve("mappings").resolve(maker);
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().contains(".in.")).sorted().toList()) {
          String name = file.getFileName().toString();
          samples.add(
              new Sample(
                  maker + "/" + name.substring(0, name.indexOf('.')), Files.readAllBytes(file)));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return samples;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
