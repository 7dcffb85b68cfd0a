package io.caravanhub.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says to a call that is wrong. */
class HubCommandTest {

  @ParameterizedTest
  @ValueSource(strings = {"--nothing", "--as=1", "--edit=x", "--to=2026-11-01"})
  void aWrongOptionIsToldInOneLineAndWhereToReadOn(String option) {
    StringWriter err = new StringWriter();
    CommandLine line = HubCommand.line().setErr(new PrintWriter(err, true));

    int code = line.execute("replay", option);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString().lines().toList()).hasSize(2);
    assertThat(err.toString()).startsWith("./hub replay: ").contains("Try ./hub replay --help");
  }
}
