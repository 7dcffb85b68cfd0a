package io.caravanhub.core.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldTableTest {
  private static Object value(String line, Map<String, ?> payload) {
    List<?> measurements =
        (List<?>) FieldTable.read("fields:\n  " + line).apply(payload).get("measurements");
    return measurements.isEmpty() ? null : ((Map<?, ?>) measurements.get(0)).get("value");
  }

  @Test
  void namesScalesAndHoldsValues() {
    assertThat(
            FieldTable.read(
                    """
                    timestamp: {field: t, unit: s}
                    fields:
                      temp: {metric: supply_air_temp, unit: "[degF]", scale: 0.1, offset: -40}
                      rh: {metric: humidity, unit: "%", clamp: [0, 100]}
                      absent: temperature
                      mode: compressor_mode
                    """)
                .apply(Map.of("t", 1_795_168_800, "temp", 215, "rh", 101.5, "mode", "eco")))
        .isEqualTo(
            Map.of(
                "timestamp",
                "2026-11-20T10:00:00Z",
                "measurements",
                List.of(
                    Map.of("name", "supply_air_temp", "value", -18.5, "unit", "[degF]"),
                    Map.of("name", "humidity", "value", 100.0, "unit", "%"),
                    Map.of("name", "compressor_mode", "value", "eco"))));
  }

  @Test
  void aFactorWrittenInDecimalsIsMeantInDecimals() {
    assertThat(value("p: {metric: x, scale: 0.1}", Map.of("p", 2153))).isEqualTo(215.3);
    assertThat(value("p: {metric: x, scale: 0.001}", Map.of("p", 4503))).isEqualTo(4.503);
    assertThat(value("p: {metric: x}", Map.of("p", 9_007_199_254_740_993L)))
        .isEqualTo(9_007_199_254_740_993L);
  }

  @Test
  void findsFieldsInObjectsListsAndUnderOddNames() {
    Map<String, Object> payload =
        Map.of(
            "a", Map.of("b", List.of(Map.of("c", 1), Map.of("c", 2))),
            "list", List.of(Map.of("id", "t1", "v", 5), Map.of("id", 7, "v", 6)),
            "odd.name", Map.of("x y", 8),
            "dotted.key", 9);
    assertThat(value("'a.b[1].c': m", payload)).isEqualTo(2);
    assertThat(value("'a.b[-2].c': m", payload)).isEqualTo(1);
    assertThat(value("'list[id=t1].v': m", payload)).isEqualTo(5);
    assertThat(value("'list[id=7].v': m", payload)).isEqualTo(6);
    assertThat(value("'`odd.name`.x y': m", payload)).isEqualTo(8);
    assertThat(value("'dotted.key': m", payload)).isEqualTo(9);
    assertThat(value("'a.b[5].c': m", payload)).isNull();
  }

  @Test
  void namesStatesAndBits() {
    String states = "s: {metric: m, enum: {0: 'off', 1: 'on', true: yes it is}}";
    assertThat(value(states, Map.of("s", 1))).isEqualTo("on");
    assertThat(value(states, Map.of("s", 0.0))).isEqualTo("off");
    assertThat(value(states, Map.of("s", true))).isEqualTo("yes it is");
    assertThatThrownBy(() -> value(states, Map.of("s", 5)))
        .hasMessage("fields.s: expected one of 0, 1, true, got 5");
    assertThat(value("s: {metric: m, enum: {0: 'off'}, otherwise: other}", Map.of("s", 5)))
        .isEqualTo("other");
    assertThat(value("s: {metric: m, bit: 2}", Map.of("s", 5))).isEqualTo(true);
    assertThat(value("s: {metric: m, bit: 1, enum: {true: alarm, false: ok}}", Map.of("s", 5)))
        .isEqualTo("ok");
  }

  @Test
  void passesOverWhatMeansNoReading() {
    assertThat(value("s: {metric: m, unless: [32768, n/a]}", Map.of("s", 32768.0))).isNull();
    assertThat(value("s: {metric: m, unless: [32768, n/a], unit: A}", Map.of("s", "n/a"))).isNull();
    assertThatThrownBy(() -> value("s: {metric: m, required: true}", Map.of("t", 1)))
        .hasMessage("fields.s: absent, and the table requires it");
  }

  @Test
  void doesNotTakeATextForANumberUnlessToldTo() {
    assertThatThrownBy(() -> value("s: {metric: m, unit: V}", Map.of("s", "230.1")))
        .hasMessage("fields.s: expected a number, got \"230.1\"");
    assertThat(value("s: {metric: m, unit: V, parse: true}", Map.of("s", "230.1")))
        .isEqualTo(230.1);
    assertThatThrownBy(() -> value("s: {metric: m, parse: true}", Map.of("s", "n/a")))
        .hasMessage("fields.s: expected a number, got \"n/a\"");
  }

  @Test
  void searchesAListOnlySoFar() {
    List<Object> list = new ArrayList<>(Collections.nCopies(6_000, Map.of("id", "other")));
    list.set(4_999, Map.of("id", "x", "v", 3));
    String path = "list[id=%s].v";
    assertThat(FieldPath.parse(path.formatted("x")).find(Map.of("list", list))).isEqualTo(3);
    assertThatThrownBy(() -> FieldPath.parse(path.formatted("y")).search(Map.of("list", list)))
        .hasMessageContaining("fields.list[id=y].v: not among the first 5000 elements of a list");
  }

  @Test
  void aTimeInWordsIsNoCountOfSeconds() {
    FieldTable table = FieldTable.read("timestamp: {field: ts, unit: s}\nfields: {t: temperature}");
    assertThatThrownBy(() -> table.apply(Map.of("ts", "2026-11-20T10:00:00Z", "t", 1)))
        .hasMessageStartingWith("timestamp (ts): expected a count since 1970");
    assertThat(table.apply(Map.of("ts", " 1795168800.5", "t", 1)))
        .containsEntry("timestamp", "2026-11-20T10:00:00.500Z");
  }

  @Test
  void takesLinesInJsonAsWell() {
    assertThat(
            FieldTable.read(
                    "[{\"vendor_field\": \"t\", \"metric\": \"temperature\", \"unit\": \"Cel\"}]")
                .apply(Map.of("t", 3))
                .get("measurements"))
        .isEqualTo(List.of(Map.of("name", "temperature", "value", 3, "unit", "Cel")));
    assertThat(FieldTable.read("{\"t\": {\"metric\": \"temperature\"}}").metrics())
        .containsExactly("temperature");
  }

  @Test
  void readsTimesByClockAndZone() {
    String table = "timestamp: {field: at, zone: Europe/Berlin}\nfields: {t: temperature}";
    assertThat(FieldTable.read(table).apply(Map.of("at", "2026-07-01 12:00:00", "t", 1)))
        .containsEntry("timestamp", "2026-07-01T10:00:00Z");
    assertThatThrownBy(() -> FieldTable.read(table).apply(Map.of("at", "noon", "t", 1)))
        .hasMessageStartingWith("timestamp (at): expected a time such as");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fields:\\n  a: {metric: m}\\n  t: {metric: m, unit: furlong}|line 3: fields.t.unit: unknown unit",
        "fields:\\n  t:\\n    metric: m\\n    scale: ten|line 4: fields.t.scale: expected a number",
        "fields:\\n  t: {metrik: m}|line 2: fields.t.metrik: there is no such setting",
        "fields:\\n  t: {unit: Cel}|line 2: fields.t.metric: absent",
        "fields:\\n  't[x': m|line 2: fields.t[x: \"t[x\": no ] for character 2",
        "fields:\\n  t: {metric: m, clamp: [5, 1]}|line 2: fields.t.clamp: expected [lowest, highest]",
        "fields:\\n  t: m\\n  t: n|line 3: fields: not YAML: Duplicate field 't'",
        "fields: {}|line 1: fields: expected 1 to 2000 lines",
        "fields: [{metric: m}]|line 1: fields[0].vendor_field: absent",
        "timestamp: {field: t, zone: Mars}\\nfields: {a: b}|line 1: timestamp.zone: expected a time zone",
        "fields: {t: m}\\ntime: x|line 2: time: there is no such setting",
        "'['|fields",
      })
  void namesLineAndFieldOfWhatIsWrong(String table, String message) {
    assertThatThrownBy(() -> FieldTable.read(table.replace("\\n", "\n")))
        .isInstanceOf(FieldTableException.class)
        .hasMessageContaining(message);
  }
}
