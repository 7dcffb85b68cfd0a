package io.caravanhub.edge.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.work.Deadband;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkSettingsTest {
  static WorkSettings read(String yaml) {
    return read(yaml, Path.of("."));
  }

  static WorkSettings read(String yaml, Path folder) {
    try {
      return WorkSettings.read(new ObjectMapper(new YAMLFactory()).readTree(yaml), folder, folder);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingIsDoneWithoutRules() {
    assertThat(read("{}").rules()).isEmpty();
    assertThat(read("{}").concerns("D")).isFalse();
  }

  @Test
  void theFirstRuleThatMatchesIsAMetricsRule() {
    WorkSettings settings =
        read(
            """
            rules:
              - {devices: AHU-*, metrics: [power, energy_*], filter: pass}
              - {devices: "AHU-?", metrics: "*_temp", deadband: {absolute: 0.5}}
              - {devices: PUMP-1, filter: {keep: [flow, head]}}
              - {aggregate: {}}
            """);
    assertThat(settings.rule("AHU-7", "energy_total")).isNull();
    assertThat(settings.rule("AHU-7", "supply_air_temp").deadband().absolute()).isEqualTo(0.5);
    assertThat(settings.rule("AHU-77", "supply_air_temp").aggregate().window())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.rule("PUMP-1", "speed").drop()).isTrue();
    assertThat(settings.rule("PUMP-1", "flow").aggregate()).isNotNull();
  }

  @Test
  void aSpanIsTakenFromTheCatalogueOfMetrics() {
    Deadband deadband =
        read("rules: [{deadband: {percent: 2, of: span}}]").rule("D", "supply_air_temp").deadband();
    assertThat(deadband.of("supply_air_temp").width(0)).isEqualTo(0.02 * 130);
    assertThat(deadband.of("nobody_knows_it").width(50)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{rules: [{filter: away}]}|work.rules[0].filter: expected drop, pass, {keep: [...]} or"
            + " {badEvery: PT30S}",
        "{rules: [{}, {deadbnd: {}}]}|work.rules[1].deadbnd: there is no such setting",
        "{rules: [{deadband: {}}]}|work.rules[0].deadband: expected absolute or percent, one of"
            + " them",
        "{rules: [{deadband: {absolute: -1}}]}|work.rules[0].deadband.absolute: expected more than"
            + " 0, got -1",
        "{rules: [{deadband: {absolute: 1}, aggregate: {}}]}|work.rules[0].deadband: stands beside"
            + " aggregate, a rule has one of them",
        "{rules: [{aggregate: {window: PT7S}}]}|work.rules[0].aggregate.window: expected whole"
            + " seconds that a day is a multiple of, got PT7S",
        "{rules: [{aggregate: {send: [mean, mode]}}]}|work.rules[0].aggregate.send[1]: expected"
            + " mean, min, max, last or count, got \"mode\"",
        "{rules: [{burst: {}}]}|work.rules[0].burst.when: is required: deviations, above, below,"
            + " quality or event",
        "{rules: [{burst: {after: 30s}}]}|work.rules[0].burst.when: is required: deviations, above,"
            + " below, quality or event",
        "{rules: [{burst: {after: 30s, when: {quality: true}}}]}|work.rules[0].burst.after:"
            + " expected PT30S or the like, got \"30s\"",
        "{models: [{file: m.onnx}]}|work.models[0].inputs: expected {metric: ...}, one for each"
            + " number it takes",
        "{models: [{file: m.onnx, inputs: {metric: a, feature:"
            + " p9}}]}|work.models[0].inputs.feature: expected latest, mean, min, max or std, got"
            + " \"p9\"",
        "{models: [{file: m.onnx, inputs: {metric: a}, output: s, event: {above: 1, clear: 2}}]}"
            + "|work.models[0].event.clear: expected at most above, 1.0",
        "{rules: [{filter: drop, burst: {when: {event: true}}}]}|work.rules[0].burst: says nothing"
            + " beside filter: drop",
      })
  void namesTheSettingThatIsWrong(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml)).hasMessage(message);
  }
}
