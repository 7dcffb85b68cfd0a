package io.caravanhub.edge.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script with releases whose Java is a shell script that says what it does. */
class StartScriptTest {
  private static final Path SCRIPT =
      Path.of(System.getProperty("hub.root", ".."), "edge-camel/packaging/caravan-edge");

  @TempDir Path folder;
  private Path base;
  private Path releases;

  @BeforeEach
  void install() throws IOException {
    base = folder.resolve("caravan-edge");
    releases = base.resolve("releases");
    Files.createDirectories(base.resolve("bin"));
    Files.createDirectories(base.resolve("lib"));
    Files.copy(SCRIPT, base.resolve("bin/caravan-edge"));
    executable(base.resolve("bin/caravan-edge"));
    Files.writeString(base.resolve("VERSION"), "1.0\n");
    Files.createDirectories(folder.resolve("jdk/bin"));
    Path java = folder.resolve("jdk/bin/java");
    // A release says in its file "does" what it does.
    Files.writeString(
        java,
        """
        #!/bin/sh
        echo "$*" >"%s"
        echo "$(basename "$EDGE_HOME")" >>"%s"
        [ -f "$EDGE_HOME/does" ] || exit 0
        . "$EDGE_HOME/does"
        """
            .formatted(folder.resolve("arguments"), folder.resolve("starts")));
    executable(java);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(base.resolve("bin/caravan-edge").toString()).redirectErrorStream(true);
    builder.command().addAll(java.util.List.of(arguments));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("EDGE_RETRY_SECONDS", "0");
    builder.redirectOutput(folder.resolve("log").toFile());
    return builder.start();
  }

  private int run(String... arguments) throws Exception {
    Process process = start(arguments);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void slots() throws Exception {
    assertThat(run("--slots")).isZero();
    Files.createDirectories(releases.resolve("B/lib"));
    Files.writeString(releases.resolve("B/VERSION"), "2.0\n");
  }

  private void does(String slot, String what) throws IOException {
    Files.writeString(releases.resolve(slot).resolve("does"), what);
  }

  private String starts() throws IOException {
    return Files.readString(folder.resolve("starts")).replace("\n", " ").strip();
  }

  private void trial() throws IOException {
    Files.delete(releases.resolve("current"));
    Files.createSymbolicLink(releases.resolve("current"), Path.of("B"));
    Files.writeString(releases.resolve("pending"), "B\n");
  }

  @Test
  void startsWhatIsInstalledWhereThereAreNoSlots() throws Exception {
    assertThat(run()).isZero();
    assertThat(starts()).isEqualTo("caravan-edge");
  }

  @Test
  void enrolmentWritesThePackagesOwnSettings() throws Exception {
    assertThat(run("enrol", "--hub", "https://hub", "--code", "C")).isZero();
    assertThat(folder.resolve("arguments"))
        .content()
        .endsWith(
            "EdgeCommand enrol --hub https://hub --code C --config %s/edge.yaml\n"
                .formatted(base.toRealPath()));
    assertThat(run("enrol", "--code", "C", "--config", "other.yaml")).isZero();
    assertThat(folder.resolve("arguments")).content().endsWith("--code C --config other.yaml\n");
  }

  @Test
  void theInstalledReleaseBecomesSlotA() throws Exception {
    slots();
    assertThat(run("--slots")).as("once more").isZero();
    assertThat(releases.resolve("A/lib")).isDirectory();
    assertThat(releases.resolve("A/VERSION")).hasContent("1.0");
    assertThat(run()).isZero();
    assertThat(starts()).isEqualTo("A");
  }

  @Test
  void theOtherSlotStartsWhenTheGatewayAsksForIt() throws Exception {
    slots();
    does("A", "rm \"$EDGE_RELEASES/current\"; ln -s B \"$EDGE_RELEASES/current\"; exit 75");

    assertThat(run()).isZero();

    assertThat(starts()).isEqualTo("A B");
  }

  @Test
  void aReleaseThatFailsThreeTimesIsTakenBack() throws Exception {
    slots();
    does("B", "exit 1");
    trial();

    assertThat(run()).isZero();

    assertThat(starts()).isEqualTo("B B B A");
    assertThat(Files.readSymbolicLink(releases.resolve("current"))).hasToString("A");
    assertThat(releases.resolve("fallback")).hasContent("2.0");
    assertThat(releases.resolve("pending")).doesNotExist();
    assertThat(Files.readString(folder.resolve("log"))).contains("release 2.0 did not prove");
  }

  @Test
  void startsAreCountedOverRestartsOfTheMachine() throws Exception {
    slots();
    trial();
    for (int i = 0; i < 3; i++) {
      assertThat(run()).isZero();
    }

    assertThat(run()).isZero();

    assertThat(starts()).isEqualTo("B B B A");
  }

  @Test
  void aReleaseThatProvedItselfIsStartedForEver() throws Exception {
    slots();
    trial();
    does("B", "rm -f \"$EDGE_RELEASES/pending\"");
    for (int i = 0; i < 5; i++) {
      assertThat(run()).isZero();
    }

    assertThat(starts()).isEqualTo("B B B B B");
  }

  @Test
  void aTrialOfTheSlotThatDoesNotRunIsForgotten() throws Exception {
    slots();
    Files.writeString(releases.resolve("pending"), "B\n");

    assertThat(run()).isZero();

    assertThat(starts()).isEqualTo("A");
    assertThat(releases.resolve("pending")).doesNotExist();
  }

  @Test
  void anExitCodeIsHandedOn() throws Exception {
    slots();
    does("A", "exit 2");

    assertThat(run()).isEqualTo(2);
  }

  @Test
  void aStopReachesTheGateway() throws Exception {
    slots();
    does(
        "A",
        "trap 'echo stopped >>\""
            + folder.resolve("starts")
            + "\"; exit 143' TERM\necho up >>\""
            + folder.resolve("starts")
            + "\"\nwhile :; do sleep 0.1; done");
    Process process = start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(folder.resolve("starts")) && starts().equals("A up"));

    process.destroy();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(starts()).isEqualTo("A up stopped");
  }
}
