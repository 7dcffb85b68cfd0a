package io.caravanhub.hub.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The component as routes use it. */
class TimeseriesRouteTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final Instant now = Instant.now();
  private final ProducerTemplate template = hub.bean(CamelContext.class).createProducerTemplate();

  @AfterEach
  void close() {
    template.stop();
  }

  @Test
  void tellsInHeadersWhatBecameOfTheBody() {
    Telemetry first = telemetry(Measurement.of("temperature", now, 20, "Cel"));
    Telemetry second = telemetry(Measurement.of("humidity", now, 40, "%"));
    send("timeseries:test", first);

    Exchange both = send("timeseries:test", List.of(first, second));

    assertThat(both.getException()).isNull();
    assertThat(both.getMessage().getHeaders())
        .containsEntry(TimeseriesConstants.STORED, 1)
        .containsEntry(TimeseriesConstants.DUPLICATES, 1);
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void failsWithTheReasonItselfWhenTheDatabaseRefusesAValue() {
    assertThat(send("timeseries:test", poison()).getException())
        .isInstanceOf(UnusableMessageException.class);
  }

  /** What no payload can bring past the readers. */
  private Telemetry poison() {
    return telemetry(
        new Measurement("compressor_status", now, Double.NaN, "o\0n", null, Quality.GOOD, null));
  }

  private Telemetry telemetry(Measurement measurement) {
    return new Telemetry("default", device.id(), "test", List.of(measurement));
  }

  private Exchange send(String to, Object body) {
    return template.request(
        to,
        exchange -> {
          exchange.getMessage().setBody(body);
          exchange.getMessage().setHeader(TelemetryHeaders.TENANT, "default");
          exchange.getMessage().setHeader(TelemetryHeaders.DEVICE, device.id());
          exchange.getMessage().setHeader(TelemetryHeaders.SOURCE, "test");
        });
  }
}
