package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * How good drafts are for the payloads of models whose mapping is known. What each of them misses
 * is written to target/suggestion-*.txt.
 */
class SuggestionTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final Path DATA = ROOT.resolve("../shared/data").normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void draftsForTheShippedSamplesGiveMostOfWhatTheirMappingsGive() throws IOException {
    SuggestionScore score = new SuggestionScore();
    for (Path mapping : GoldenFiles.mappings(ROOT.resolve("mappings"))) {
      if (mapping.toString().endsWith(".modbus.yaml")) {
        continue;
      }
      for (GoldenCase golden : GoldenFiles.beside(mapping)) {
        if (golden.input().toString().endsWith(".json")) {
          score.judge(
              golden.name(),
              JSON.readTree(golden.input().toFile()),
              JSON.readTree(golden.expected().toFile()));
        }
      }
    }
    Files.writeString(Path.of("target/suggestion-samples.txt"), score.report());
    assertThat(score.broken()).isEmpty();
    assertThat(score.found()).isGreaterThan(0.88);
    assertThat(score.right()).isGreaterThan(0.88);
  }

  @Test
  void draftsForRealPayloadsGiveMostOfWhatTheirMappingsGive() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(DATA), "payloads of real devices are not at hand: nothing to judge");
    SuggestionScore score = new SuggestionScore();
    for (Fixtures.Fixture fixture : new Fixtures(DATA).all()) {
      Path file = ROOT.resolve("mappings/" + fixture.mapping() + ".jsonata");
      if (Files.exists(file)) {
        JsonNode golden = golden(fixture, Files.readString(file));
        score.judge(fixture.mapping() + " " + fixture.name(), fixture.payload(), golden);
      }
    }
    Files.writeString(Path.of("target/suggestion-fixtures.txt"), score.report());
    assertThat(score.broken()).isEmpty();
    assertThat(score.found()).isGreaterThan(0.9);
  }

  private static JsonNode golden(Fixtures.Fixture fixture, String expression) {
    try {
      return JSON.valueToTree(
          Mapping.compile(new MappingSource(fixture.mapping(), "file", expression))
              .apply(
                  JSON.convertValue(fixture.payload(), Object.class),
                  Map.of("device", "d", "tenant", "default", "received", 1_795_176_000_000L),
                  MappingBounds.DEFAULT));
    } catch (MappingException e) {
      return JSON.createObjectNode();
    }
  }
}
