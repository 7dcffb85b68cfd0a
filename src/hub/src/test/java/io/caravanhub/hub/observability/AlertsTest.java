package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Programs;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The alert rules, by Prometheus's own tool, and that somebody knows what to do about each. */
class AlertsTest {
  private static final Path RULES = Expressions.deploy().resolve("prometheus");

  @Test
  void theRulesAreRight() throws Exception {
    promtool("check", "rules", RULES.resolve("alerts.yml").toString());
  }

  @Test
  void theConfigurationsAreRight() throws Exception {
    promtool("check", "config", RULES.resolve("local.yml").toString());
    promtool("check", "config", "--syntax-only", RULES.resolve("prometheus.yml").toString());
  }

  @Test
  void eachAlertFiresWhenItShouldAndIsQuietOtherwise() throws Exception {
    promtool("test", "rules", RULES.resolve("alerts.test.yml").toString());
  }

  @Test
  void eachAlertIsTestedAndInTheGuide() throws IOException {
    String tests = Files.readString(RULES.resolve("alerts.test.yml"));
    String guide = Files.readString(TestDatabase.root().resolve("docs/OBSERVABILITY.md"));
    for (String alert : Expressions.ofAlerts().keySet()) {
      assertThat(tests.split("alertname: " + alert + "\n", -1)).as(alert).hasSizeGreaterThan(2);
      assertThat(guide).contains("`" + alert + "`");
    }
  }

  private static void promtool(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Programs.require("promtool", "prometheus").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
