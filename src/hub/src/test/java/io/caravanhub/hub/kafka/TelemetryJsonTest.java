package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryJsonTest {
  private static final Instant EIGHT = Instant.parse("2026-01-31T08:00:00Z");
  private static final Instant NINE = Instant.parse("2026-01-31T09:00:00.123456Z");

  @Test
  void whatIsWrittenIsRead() {
    Telemetry telemetry =
        new Telemetry(
            "acme",
            "d1",
            "mqtt",
            7,
            List.of(
                new Measurement("a", EIGHT, 1.5, null, "celsius", Quality.GOOD, null),
                new Measurement("b", EIGHT, 2, null, null, Quality.SUSPECT, "range"),
                new Measurement("c", NINE, Double.NaN, "on", null, Quality.GOOD, null),
                new Measurement("d", EIGHT, Double.NaN, null, null, Quality.BAD, "sensor")));

    assertThat(TelemetryJson.read(TelemetryJson.write(telemetry))).isEqualTo(telemetry);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"metric": "b", "ts": "yesterday", "value": 1}                              | measurements[1].ts: expected a time such as
          {"metric": "b", "ts": "1969-12-31T23:59:59Z", "value": 1}                   | measurements[1].ts: expected a time from
          {"metric": "b", "ts": "", "value": 1}                                       | measurements[1].ts: absent
          {"metric": "b", "value": 1}                                                 | measurements[1].ts: absent
          {"ts": "2026-01-31T08:00:00Z", "value": 1}                                  | measurements[1].metric: absent
          {"metric": 3, "ts": "2026-01-31T08:00:00Z", "value": 1}                     | measurements[1].metric: expected a text
          {"metric": "b", "ts": "2026-01-31T08:00:00Z", "value": 1, "quality": "fine"} | measurements[1].quality: expected good
          {"metric": "b", "ts": "2026-01-31T08:00:00Z", "value": "hot"}               | body: is not JSON of the schema
          7                                                                           | measurements[1]: expected an object
          """)
  void aFieldThatIsWrongIsNamed(String second, String message) {
    String json =
        """
        {"tenant": "acme", "device": "d1", "measurements": [{"metric": "a", "ts": "2026-01-31T08:00:00Z", "value": 1}, %s]}\
        """
            .formatted(second);

    assertThatThrownBy(() -> TelemetryJson.read(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UnusableMessageException.class)
        .hasMessageStartingWith(message);
  }
}
