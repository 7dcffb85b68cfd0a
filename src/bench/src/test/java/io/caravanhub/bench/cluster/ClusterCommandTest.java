package io.caravanhub.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./hub cluster} refuses what it cannot do before it starts anything. */
class ClusterCommandTest {
  @TempDir Path folder;

  private String refused(String... arguments) {
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new ClusterCommand()).setErr(new PrintWriter(said)).execute(arguments);
    assertThat(code).isEqualTo(2);
    return said.toString();
  }

  @Test
  void rolesSayHowManyHubsThereAre() {
    assertThat(refused("--roles", "--hubs", "5"))
        .startsWith("--hubs: not beside --roles, which says how many hubs there are");
  }

  @Test
  void aRoleThatIsNowhereIsNamed() {
    assertThat(refused("--roles", "ingest/api"))
        .startsWith("--roles ingest/api: no hub has the role console, orchestrate, pipeline, poll");
  }

  @Test
  void theOtherVersionNeedsItsScript() {
    assertThat(refused("--upgrade-from", folder.toString()))
        .startsWith("--upgrade-from " + folder + ": no built hub, " + folder.resolve("hub"));
  }

  @Test
  void theOtherVersionHasToBeBuilt() throws Exception {
    Files.createFile(folder.resolve("hub"));

    assertThat(refused("--upgrade-from", folder.toString()))
        .contains(folder.resolve("src/hub/target/lib") + " is missing");
  }

  @Test
  void anUpgradeIsNoFaultToChoose() {
    assertThat(refused("--only", "this version")).startsWith("--only this version: expected");
  }

  @Test
  void withoutMosquittoNothingIsPartedFromIt() {
    assertThat(refused("--own-brokers", "--only", "parted from Mosquitto"))
        .doesNotContain("hub parted from Mosquitto", "Mosquitto stopped");
  }
}
