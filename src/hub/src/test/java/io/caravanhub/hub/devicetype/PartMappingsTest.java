package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which mapping the parts of a message meet. */
class PartMappingsTest {
  /** Somebody publishes between any two questions. */
  private static final class Restless implements MappingCatalog {
    private final AtomicInteger versions = new AtomicInteger();

    @Override
    public Optional<MappingSource> find(String name) {
      String version = Integer.toString(versions.incrementAndGet());
      return Optional.of(new MappingSource(name, version, "{\"metrics\": {\"v\": v}}"));
    }
  }

  private static final Profile TYPE =
      Profile.compile(
          DeviceTypeFields.read(
              Map.of(
                  "name",
                  "hub-7",
                  "processing_mode",
                  "gateway",
                  "demultiplexing",
                  Map.of("split", "s"),
                  "mapping",
                  "acme/one")),
          1);

  private final PartMappings mappings = new PartMappings(new Restless());

  private String version(Map<String, Mapping> met) {
    return Objects.requireNonNull(mappings.of("t", null, TYPE, null, met)).source().version();
  }

  @Test
  void aMessageMeetsOneVersionAndTheNextMessageTheNext() {
    Map<String, Mapping> one = new HashMap<>();

    assertThat(List.of(version(one), version(one))).containsExactly("1", "1");
    assertThat(version(new HashMap<>())).isEqualTo("2");
  }
}
