package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingOutcomeTest {
  private static final Map<String, Object> PAYLOAD = Map.of("t", 1);

  private static Object apply(@Nullable String expression, @Nullable String fields) {
    return Mapping.compile(
            new MappingSource("acme/test", "1", expression == null ? "" : expression, fields))
        .apply(PAYLOAD, Map.of(), MappingBounds.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'measurements': []}|measurements: yields no metrics for this payload, which has t",
        "{'metrics': {}}|measurements: yields no metrics for this payload, which has t",
        "[{'readings': []}, {'metrics': {}}]|measurements: yields no metrics",
        "{'measurements': {'name': 'x', 'value': 1}}|measurements: expected an array, got an object",
        "{'measurements': [{'name': 'a', 'value': 1}, {'name': 'a', 'value': 2}]}|measurements[1].name: duplicate metric",
        "{'readings': [{'variable': 'a', 'value': 1}, {'variable': 'a', 'value': 2}]}|readings[1].variable: duplicate metric",
        "[{'metrics': {'a': 1}}, {'metrics': {'a': 2}}]|[1].metrics.a: duplicate metric",
      })
  void eachMistakeHasAReasonOfItsOwn(String expression, String reason) {
    assertThatThrownBy(() -> apply(expression, null))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("mapping acme/test: " + reason);
  }

  @Test
  void aMetricMayComeAgainAtAnotherTime() {
    assertThat(
            apply(
                "{'measurements': [{'name': 'a', 'value': 1, 'timestamp': 1},"
                    + " {'name': 'a', 'value': 2, 'timestamp': 2}]}",
                null))
        .isInstanceOf(Map.class);
    assertThat(apply("[{'timestamp': 1, 'metrics': {'a': 1}}, {'metrics': {'a': 2}}]", null))
        .isInstanceOf(List.class);
  }

  @Test
  void anotherShapeIsLeftAlone() {
    assertThat(apply("{'v': t}", null)).isEqualTo(Map.of("v", 1));
    assertThat(apply("[]", null)).isEqualTo(List.of());
  }

  @Test
  void aTableWhoseFieldsAreAllAbsentYieldsNoMetrics() {
    assertThatThrownBy(() -> apply(null, "fields: {temp: temperature}"))
        .hasMessageContaining("yields no metrics for this payload, which has t");
  }

  @Test
  void anExpressionAddsToATableAndSeesWhatItFound() {
    assertThat(apply("{'metrics': {'twice': $fields[0].value * 2}}", "fields: {t: temperature}"))
        .isEqualTo(
            Map.of(
                "measurements",
                List.of(
                    Map.of("name", "temperature", "value", 1),
                    Map.of("name", "twice", "value", 2))));
    assertThat(apply("nothing", "fields: {t: temperature}"))
        .isEqualTo(Map.of("measurements", List.of(Map.of("name", "temperature", "value", 1))));
    assertThat(apply("[{'metrics': {'b': 2}}]", "timestamp: t\nfields: {t: a}"))
        .isEqualTo(
            List.of(
                Map.of(
                    "timestamp",
                    "1970-01-01T00:00:01Z",
                    "measurements",
                    List.of(Map.of("name", "a", "value", 1))),
                Map.of("timestamp", "1970-01-01T00:00:01Z", "metrics", Map.of("b", 2))));
  }

  @Test
  void aMetricOfTheTableIsNotYieldedAgain() {
    assertThatThrownBy(() -> apply("{'metrics': {'a': 2}}", "fields: {t: a}"))
        .hasMessageContaining("measurements[1].name: duplicate metric: \"a\"");
  }

  @Test
  void aWrongTableIsToldByItsLine() {
    assertThatThrownBy(() -> apply(null, "fields:\n  t: {metric: a, unit: furlong}"))
        .hasMessageStartingWith(
            "mapping acme/test (fields): line 2: fields.t.unit: unknown unit \"furlong\"");
  }

  @Test
  void aValueThatDoesNotFitIsToldByItsField() {
    assertThatThrownBy(() -> apply(null, "fields: {t: {metric: a, enum: {0: 'off'}}}"))
        .hasMessage("mapping acme/test: fields.t: expected one of 0, got 1");
  }
}
