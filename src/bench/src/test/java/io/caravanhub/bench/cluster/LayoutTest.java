package io.caravanhub.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Roles of a cluster's hubs are read from a list, and each role is somewhere. */
class LayoutTest {
  @Test
  void readsTheRolesOfEachHub() {
    Layout layout = Layout.read("ingest/pipeline/all");

    assertThat(layout.hubs().subList(0, 2)).containsExactly(Set.of("ingest"), Set.of("pipeline"));
    assertThat(layout.hubs().get(2)).hasSize(6);
    assertThat(layout.hasAll(2)).isTrue();
    assertThat(layout.isAlike()).isFalse();
    assertThat(List.of(layout.name(0), layout.name(1), layout.name(2)))
        .containsExactly("ingest-1", "pipeline-2", "hub-3");
  }

  @Test
  void hubsWithAllRolesAreAlike() {
    assertThat(Layout.alike(3).isAlike()).isTrue();
    assertThat(Layout.alike(3)).isEqualTo(Layout.read("all/all/all"));
  }

  @Test
  void theStagesAreThoseOfTheComposeProfile() throws Exception {
    String compose =
        Files.readString(Path.of(System.getProperty("hub.root")).resolve("docker-compose.yml"));
    List<String> hubs =
        Pattern.compile("HUB_ROLES: (\\S+)")
            .matcher(compose)
            .results()
            .map(m -> m.group(1))
            .toList();

    // Each second hub of a stage is set as the first one.
    assertThat(Layout.STAGES.split("/"))
        .containsExactly(hubs.get(0), hubs.get(0), hubs.get(1), hubs.get(1), hubs.get(2));
    assertThat(Layout.read(Layout.STAGES).size()).isEqualTo(5);
  }

  @Test
  void refusesARoleThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.read("all/store"))
        .withMessageStartingWith("expected all or some of api, console, ingest")
        .withMessageEndingWith("got \"store\"");
  }

  @Test
  void refusesALayoutInWhichARoleIsNowhere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.read("ingest/pipeline/orchestrate,api"))
        .withMessage("no hub has the role console, poll");
  }

  @Test
  void refusesMoreHubsThanItCanStart() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.read("all" + "/ingest".repeat(9)))
        .withMessage("expected 9 hubs at most, got 10");
  }
}
