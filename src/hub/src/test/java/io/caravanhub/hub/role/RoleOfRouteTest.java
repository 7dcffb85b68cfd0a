package io.caravanhub.hub.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.settings.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoleOfRouteTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void everyRouteThatBeginsSomethingIsInAGroupThatHasARole() throws IOException {
    Set<String> without = new TreeSet<>();
    for (Path file : files()) {
      JsonNode route = YAML.readTree(file.toFile()).path(0).path("route");
      String uri = route.at("/from/uri").asText("direct:none");
      if (!RoleOfRoute.isKnown(uri.replaceFirst(":.*", ""), route.path("group").asText())) {
        without.add(file.getFileName() + " of group " + route.path("group").asText());
      }
    }
    assertThat(without).isEmpty();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(TestDatabase.root().resolve("routes"))) {
      return files.filter(file -> file.toString().endsWith(".camel.yaml")).toList();
    }
  }

  @Test
  void aRouteOfOnesOwnGoesByItsGroupOrTakesMessagesIn() {
    assertThat(RoleOfRoute.of("quartz", "connectors")).contains(Role.POLL);
    assertThat(RoleOfRoute.of("file", "own")).contains(Role.INGEST);
    assertThat(RoleOfRoute.of("direct", "connectors")).isEmpty();
  }

  @Test
  void aWrongWordIsToldWithTheRightOnes() {
    assertThat(Role.read(" poll, api")).containsExactly(Role.POLL, Role.API);
    assertThat(Role.read("")).hasSize(6);
    assertThatThrownBy(() -> Role.read("poll,apis"))
        .hasMessage(
            "expected some of ingest, pipeline, orchestrate, poll, api, console with commas between, got \"apis\"");
  }
}
