package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metric: t, above: hot}          | rules[0].when.above  | expected a number, got \"hot\"",
        "{metric: t, above: NaN}          | rules[0].when.above  | expected a number, got \"NaN\"",
        "{metric: t}                      | rules[0].when        | expected exactly one of",
        "{metric: t, above: 1, below: 2}  | rules[0].when        | expected exactly one of",
        "{metric: T 1, above: 1}          | rules[0].when.metric | expected a metric",
        "{above: 1}                       | rules[0].when.metric | is missing",
        "{metric: t, above: 1, clear: 2}  | rules[0].when.clear  | must not be above the limit",
        "{metric: t, below: 1, clear: 0}  | rules[0].when.clear  | must not be below the limit",
        "{metric: t, above: 1, for: 30s}  | rules[0].when.for    | expected a duration such as PT30S",
        "{metric: t, rises: 1}            | rules[0].when.within | is missing",
        "{metric: t, rises: -1, within: PT1M} | rules[0].when.rises | expected a number above 0",
        "{metric: t, silent_for: PT1M}    | rules[0].when.metric | takes no metric",
        "{metric: t, above: 1, within: PT1M} | rules[0].when.within | has no effect together with above",
        "{metric: t, over: 1}             | rules[0].when.over   | no such field",
      })
  void aMistakeIsNamedByFieldAndReason(String when, String field, String reason) {
    RuleException refused =
        catchThrowableOfType(RuleException.class, () -> RuleReader.file(RuleStory.rule(when)));
    assertThat(refused.field()).isEqualTo(field);
    assertThat(refused).hasMessageContaining(reason);
  }

  @Test
  void aMistakeIsNamedByLine() {
    String text =
        "rules:\n  - id: r\n    when: {metric: t, above: 1}\n    event:\n      message: m\n      type: bad\n";
    RuleException refused =
        catchThrowableOfType(
            RuleException.class, () -> RuleReader.file(text + "      severity: low\n"));
    assertThat(refused.line()).isEqualTo(6);
    assertThat(refused).hasMessageContaining("likely_failure").hasMessageContaining("\"bad\"");
  }

  @Test
  void aTextThatIsNotYamlIsRefusedWithItsLine() {
    RuleException refused =
        catchThrowableOfType(RuleException.class, () -> RuleReader.file("rules:\n  - id: [\n"));
    assertThat(refused.line()).isEqualTo(3);
    assertThat(refused).hasMessageStartingWith("not YAML");
  }

  @Test
  void nothingThatAPersonWroteGetsIntoTheGeneratedRules() {
    String poison = "x\\\"); System.exit(1); //";
    String text =
        "{id: r, description: \""
            + poison
            + "\", scope: {model: \""
            + poison
            + "\"}, when: {metric: t, above: -1.5e-7}, while: [{metric: s, is: \""
            + poison
            + "\"}], event: {type: warning, severity: low, family: f, message: \""
            + poison
            + "\"}}";
    String drl = Drl.of(List.of(RuleReader.single(text)));
    assertThat(drl).doesNotContain("System", "exit").contains("number > -0.00000015d");
    assertThat(RuleProgram.compile(List.of(RuleReader.single(text)))).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("shippedFiles")
  void everyFileInTheRulesFolderIsGood(Path file) throws IOException {
    assertThat(RuleReader.file(Files.readString(file))).isNotEmpty();
  }

  static Stream<Path> shippedFiles() throws IOException {
    try (Stream<Path> files = Files.list(TestDatabase.root().resolve("rules"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }
}
