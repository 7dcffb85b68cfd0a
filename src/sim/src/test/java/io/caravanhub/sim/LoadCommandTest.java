package io.caravanhub.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.sim.load.HubStandIn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
  @TempDir private Path home;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--devices 0                      | --devices: expected 1 to 100000",
        "--seconds 0                      | --seconds: expected at least 1",
        "--rate 0                         | --rate: expected a number of messages a second",
        "--http --rate -1                 | --rate: expected a number of messages a second",
        "--http --metrics 20 --batch 10   | --batch: expected --metrics to 5000 readings",
        "--http --connections 0 --devices 5 | --connections: expected at least 1",
        "--window 0                       | --window: expected 1 to 65535",
        "--qos 2                          | --qos: expected 0 or 1",
        "--jitter 1.5                     | --jitter, --backfill and --bad: expected 0 to 1",
        "--bad -1                         | --jitter, --backfill and --bad: expected 0 to 1",
        "--burst 0.5                      | --burst: expected at least 1",
        "--devices 10 --rate 10000        | --devices: expected more devices for this rate",
        "--rate fast                      | Invalid value for option '--rate'",
        "--mqtt --http                    | --mqtt, --http are mutually exclusive"
      })
  void aWrongOptionIsOneLineThatNamesIt(String options, String expected) {
    Said said = run(options.strip().split("\\s+"));

    assertThat(said.code).isEqualTo(2);
    assertThat(said.errors.lines()).singleElement().asString().contains(expected);
  }

  @Test
  void aHubThatDoesNotAnswerIsOneLineAndExitOne() {
    Said said = run("--home", home.toString());

    assertThat(said.code).isEqualTo(1);
    assertThat(said.errors.lines())
        .singleElement()
        .asString()
        .startsWith("hub load: no admin token at " + home);
  }

  @ParameterizedTest
  @CsvSource({"false, 0", "true, 1"})
  void whatIsLostIsExitOne(boolean forgetful, int code) throws Exception {
    try (HubStandIn hub = new HubStandIn(home)) {
      hub.forgetful = forgetful;

      Said said =
          run(
              "--http",
              "--rate=100",
              "--seconds=1",
              "--devices=2",
              "--connections=1",
              "--batch=50",
              "--hub-url=" + hub.base(),
              "--home=" + home);

      assertThat(said.code).isEqualTo(code);
      assertThat(home.resolve("load")).isDirectoryContaining("glob:**.json");
      assertThat(said.errors).contains("comparing");
    }
  }

  private record Said(int code, String errors) {}

  private static Said run(String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      return new Said(
          Program.run(new LoadCommand(), arguments), errors.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }
}
