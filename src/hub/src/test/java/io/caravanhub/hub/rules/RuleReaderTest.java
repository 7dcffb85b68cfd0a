package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        "{metric: t, above: 1, for: 30s}  | rules[0].when.for    | expected a duration such as"
            + " PT30S",
        "{metric: t, rises: 1}            | rules[0].when.within | is missing",
        "{metric: t, rises: -1, within: PT1M} | rules[0].when.rises | expected a number above 0",
        "{metric: t, silent_for: PT1M}    | rules[0].when.metric | takes no metric",
        "{metric: t, above: 1, within: PT1M} | rules[0].when.within | has no effect together with"
            + " above",
        "{metric: t, above: 1, over: PT1M} | rules[0].when.over  | has no effect together with"
            + " above",
        "{metric: t, beyond: 1}           | rules[0].when.beyond | no such field",
        "{metric: t, above: 1, statistic: p101, over: PT1M} | rules[0].when.statistic | or a"
            + " percentile",
        "{metric: t, above: 1, statistic: mean} | rules[0].when.over | is missing",
        "{metric: t, above: 1, statistic: mean, over: P40D} | rules[0].when.over | longer than 31"
            + " days",
        "{metric: t, between: [5, 1]}     | rules[0].when.between | the lower number first",
        "{metric: t, above: {ago: P9D}}   | rules[0].when.above.ago | longer than 8 days",
        "{metric: t, above: {metric: t}}  | rules[0].when.above.metric | with itself",
        "{metric: t, above: {plus: 1}}    | rules[0].when.above  | exactly one of metric, ago,"
            + " fleet",
        "{metric: t, above: 1, share: {over: PT1H, above: 120}} | rules[0].when.share | percentage",
        "{metric: t, detector: crystal-ball} | rules[0].when.detector | expected one of auto",
        "{metric: t, detector: hotelling} | rules[0].when.detector | expected 2 to 64",
        "{metric: t, detector: vibration} | rules[0].when.machine_group | is missing",
        "{all: []}                        | rules[0].when.all    | expected 1 to 32",
        "{all: [{metric: t, above: 1}], metric: t} | rules[0].when | exactly one of all",
        "{all: [{any: [{metric: t}]}]}    | rules[0].when.all[0].any[0] | expected exactly one of",
        "{condition: 't >'}               | rules[0].when.condition | not a JSONata expression",
        "{condition: '1 > 2'}             | rules[0].when.condition | names no metric",
        "{condition: '$eval(t) > 1'}      | rules[0].when.condition | $eval is not available",
      })
  void aMistakeIsNamedByFieldAndReason(String when, String field, String reason) {
    RuleException refused =
        catchThrowableOfType(
            RuleException.class, () -> RuleReader.file(RuleStory.rule(when), KnownMetrics.ANY));
    assertThat(refused.field()).isEqualTo(field);
    assertThat(refused).hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metric: suply_air_temp, above: 1} | when.metric | unknown metric \"suply_air_temp\"",
        "{metric: fault_code, above: 1}     | when.metric | is a text; compare it with is or in",
        "{condition: 'supply_air_tmp > 30'} | when.condition | unknown metric",
        "{metric: supply_air_temp, above: 30, unit: kPa} | when.unit | cannot become \"Cel\"",
        "{metric: supply_air_temp, above: 30, unit: furlong} | when.unit | unknown unit",
        "{metric: supply_air_temp, above: {metric: suction_pressure}} | when.above.metric | cannot"
            + " be compared",
      })
  void aMetricOrUnitThatCannotBeIsRefusedWithItsPlace(String when, String field, String reason) {
    RuleException refused =
        catchThrowableOfType(
            RuleException.class,
            () -> RuleReader.file(RuleStory.rule(when), KnownMetrics.CATALOGUE));
    assertThat(refused.field()).isEqualTo("rules[0]." + field);
    assertThat(refused).hasMessageContaining(reason);
  }

  @Test
  void limitsMayBeInAnotherUnitAndDifferencesOfTemperatureHaveNoZero() {
    String yaml =
        RuleStory.rule("{metric: supply_air_temp, above: 86, hysteresis: 9, unit: '[degF]'}");
    Condition.Compared read =
        (Condition.Compared) RuleReader.file(yaml, KnownMetrics.CATALOGUE).get(0).when();
    assertThat(read.bound().limit()).isEqualTo(new Limit.Constant(30));
    assertThat(read.bound().hysteresis()).isEqualTo(5);
  }

  @Test
  void stepsAndDeadbandsAreInTheUnitOfTheLimits() {
    String yaml =
        RuleStory.rule(
            "{metric: supply_air_temp, above: 86, deadband: 9, unit: '[degF]'}",
            "steps: [{above: 104, severity: critical}]");
    Rule rule = RuleReader.file(yaml, KnownMetrics.CATALOGUE).get(0);
    Condition.Compared read = (Condition.Compared) rule.when();
    assertThat(rule.steps().get(0).limit()).isEqualTo(40);
    assertThat(read.amount()).isEqualTo(new Amount.Latest("supply_air_temp", 5));
  }

  @Test
  void anotherMetricAsALimitIsTakenIntoTheUnitOfTheFirst() {
    String yaml =
        RuleStory.rule(
            "{metric: filter_pressure_drop, above: {metric: differential_pressure, times: 0.5}}");
    Condition.Compared read =
        (Condition.Compared) RuleReader.file(yaml, KnownMetrics.CATALOGUE).get(0).when();
    assertThat(read.bound().limit()).isEqualTo(new Limit.OfMetric("differential_pressure", 500, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cooldown: 5 min | cooldown | expected a duration",
        "schedule: {from: '7', to: '19:00', zone: UTC} | schedule.from | expected a time",
        "schedule: {from: '07:00', to: '19:00', zone: Mars/Base} | schedule.zone | expected a time"
            + " zone",
        "schedule: {from: '07:00', to: '07:00', zone: UTC} | schedule.to | the time it begins",
        "steps: [{above: 5, severity: low}] | steps[0].severity | milder than the step before",
        "steps: [{above: 9, severity: high}, {above: 5, severity: high}] | steps[1] | the mildest"
            + " first",
        "mode: maybe | mode | expected one of live, shadow",
        "condition: 't > 1' | | exactly one of when, condition",
      })
  void aMistakeOutsideTheConditionIsNamedToo(String more, String field, String reason) {
    RuleException refused =
        catchThrowableOfType(
            RuleException.class,
            () -> RuleReader.file(RuleStory.rule("{metric: t, above: 1}", more), KnownMetrics.ANY));
    assertThat(refused.field()).isEqualTo(field == null ? "rules[0]" : "rules[0]." + field);
    assertThat(refused).hasMessageContaining(reason);
  }

  @Test
  void aMistakeIsNamedByLine() {
    String text =
        "rules:\n"
            + "  - id: r\n"
            + "    when: {metric: t, above: 1}\n"
            + "    event:\n"
            + "      message: m\n"
            + "      type: bad\n";
    RuleException refused =
        catchThrowableOfType(
            RuleException.class,
            () -> RuleReader.file(text + "      severity: low\n", KnownMetrics.ANY));
    assertThat(refused.line()).isEqualTo(6);
    assertThat(refused).hasMessageContaining("likely_failure").hasMessageContaining("\"bad\"");
  }

  @Test
  void aTextThatIsNotYamlIsRefusedWithItsLine() {
    RuleException refused =
        catchThrowableOfType(
            RuleException.class, () -> RuleReader.file("rules:\n  - id: [\n", KnownMetrics.ANY));
    assertThat(refused.line()).isEqualTo(3);
    assertThat(refused).hasMessageStartingWith("not YAML");
  }

  @ParameterizedTest
  @MethodSource("shippedFiles")
  void everyFileInTheRulesFolderIsGood(Path file) throws IOException {
    assertThat(RuleReader.file(Files.readString(file), KnownMetrics.CATALOGUE)).isNotEmpty();
  }

  static Stream<Path> shippedFiles() throws IOException {
    try (Stream<Path> files = Files.list(TestDatabase.root().resolve("rules"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }
}
