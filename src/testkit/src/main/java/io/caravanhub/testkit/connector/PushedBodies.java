package io.caravanhub.testkit.connector;

import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The bodies that a cloud pushes, by the name of their file. */
final class PushedBodies {
  private PushedBodies() {}

  /**
   * The files of {@code samples/webhook}, in which {@code {$sample: file}} is one of {@code
   * samples/in}; without that folder the samples are bodies themselves.
   */
  static Map<String, byte[]> of(ConnectorFolder connector) throws IOException {
    Path samples = connector.path().resolve("samples");
    Map<String, byte[]> bodies = new TreeMap<>();
    if (Files.isDirectory(samples.resolve("webhook"))) {
      try (Stream<Path> files = Files.list(samples.resolve("webhook"))) {
        for (Path file : files.toList()) {
          bodies.put(
              "samples/webhook/" + file.getFileName(),
              Script.resolved(file, samples.resolve("in"))
                  .toString()
                  .getBytes(StandardCharsets.UTF_8));
        }
      }
      return bodies;
    }
    List<Path> inputs =
        GoldenFiles.ofConnector(connector.path()).stream()
            .filter(c -> !c.mapping().getFileName().toString().matches("(inventory|faults)\\..*"))
            .map(GoldenCase::input)
            .filter(Files::exists)
            .distinct()
            .toList();
    for (Path input : inputs) {
      bodies.put("samples/in/" + input.getFileName(), Files.readAllBytes(input));
    }
    return bodies;
  }
}
