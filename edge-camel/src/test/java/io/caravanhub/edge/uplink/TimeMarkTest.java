package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeMarkTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"v\":1.50}|1500"
            + "|{\"metadata\":{\"clock\":{\"offset_ms\":1500}},"
            + "\"timestamp\":\"2026-01-01T00:00:01.500Z\",\"v\":1.50}",
        "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"metadata\":{\"a\":{\"b\":[1]}}}|-1000"
            + "|{\"timestamp\":\"2025-12-31T23:59:59Z\","
            + "\"metadata\":{\"clock\":{\"offset_ms\":-1000},\"a\":{\"b\":[1]}}}",
        "{\"metadata\":{},\"timestamp\":\"2026-01-01T01:00:00+01:00\"}|5"
            + "|{\"metadata\":{\"clock\":{\"offset_ms\":5}},"
            + "\"timestamp\":\"2026-01-01T00:00:00.005Z\"}",
        "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"measurements\":[{\"name\":\"ü\","
            + "\"timestamp\":\"2026-01-01T00:00:00Z\"}]}|1000"
            + "|{\"metadata\":{\"clock\":{\"offset_ms\":1000}},"
            + "\"timestamp\":\"2026-01-01T00:00:01Z\",\"measurements\":[{\"name\":\"ü\","
            + "\"timestamp\":\"2026-01-01T00:00:01Z\"}]}",
        "{\"timestamp\":\"2026-01-01T00:00:00Z\"}|"
            + "|{\"metadata\":{\"clock\":{\"offset_ms\":null}},"
            + "\"timestamp\":\"2026-01-01T00:00:00Z\"}",
        "{\"timestamp\":\"2026-01-01T00:01:00Z\",\"onset\":\"2026-01-01T00:00:00Z\"}|1500"
            + "|{\"metadata\":{\"clock\":{\"offset_ms\":1500}},"
            + "\"timestamp\":\"2026-01-01T00:01:01.500Z\",\"onset\":\"2026-01-01T00:00:01.500Z\"}",
        "{\"device_id\":\"D\"}|1000"
            + "|{\"timestamp\":\"1970-01-01T00:00:01Z\","
            + "\"metadata\":{\"clock\":{\"offset_ms\":1000}},\"device_id\":\"D\"}",
        "{\"timestamp\":null,\"metadata\":{}}|0"
            + "|{\"timestamp\":\"1970-01-01T00:00:00Z\","
            + "\"metadata\":{\"clock\":{\"offset_ms\":0}}}",
        "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"metadata\":{\"clock\":{\"offset_ms\":7}}}|1000"
            + "|{\"timestamp\":\"2026-01-01T00:00:00Z\",\"metadata\":{\"clock\":{\"offset_ms\":7}}}",
        "[1]|1000|[1]",
        "not JSON|1000|not JSON",
        "{}|0|{\"timestamp\":\"1970-01-01T00:00:00Z\",\"metadata\":{\"clock\":{\"offset_ms\":0}}}",
      })
  void correctsAndMarks(String body, Long offset, String expected) {
    byte[] marked = TimeMark.apply(body.getBytes(StandardCharsets.UTF_8), 0, offset);
    assertThat(new String(marked, StandardCharsets.UTF_8)).isEqualTo(expected);
  }
}
