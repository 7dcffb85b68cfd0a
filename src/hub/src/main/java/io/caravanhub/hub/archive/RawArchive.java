package io.caravanhub.hub.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.MetricCatalog;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Keeps messages as received, for tenants that ask for it. The copy is written while the rows are,
 * and the step {@code rawKept} waits for it, so that nothing is acknowledged before both are
 * durable. A message that comes again is kept again. Thread-safe.
 */
@Component
public class RawArchive implements DisposableBean {
  /** Exchange property of a message that comes out of the archive and must not go in again. */
  public static final String REPLAY = "hub-replay";

  /** Exchange property: completes when the raw copies of the exchange are committed. */
  static final String KEPT = "hub-raw-kept";

  /**
   * A message of a request.
   *
   * @param item what it looked like, parsed
   * @param at its time when it names none
   */
  public record Received(Object item, Instant at) {}

  private static final int QUEUE_BYTES = 32_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TenantSettingsReader settings;
  private final MetricCatalog metrics;
  private final ObjectMapper json;
  private final RawBatches batches;

  public RawArchive(
      DataSource database,
      TenantSettingsReader settings,
      MetricCatalog metrics,
      ObjectMapper json,
      MeterRegistry meters) {
    this.settings = settings;
    this.metrics = metrics;
    this.json = json;
    this.batches = new RawBatches(new RawTable(database), QUEUE_BYTES, PATIENCE, meters);
  }

  /** For a message that came through the raw channel, once it is read. */
  public void take(Exchange exchange, Telemetry telemetry) {
    if (!isOn(exchange, telemetry)) {
      return;
    }
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getMessage()
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (name.startsWith("hub-") && value instanceof String text) {
                headers.put(name, text.replace("\u0000", ""));
              }
            });
    keep(exchange, telemetry, headers, exchange.getProperty(DeadLetters.PAYLOAD, byte[].class));
  }

  /**
   * For the messages of a request, once they are to be stored.
   *
   * @param items what each of them was
   */
  public void take(Exchange exchange, List<Telemetry> messages, List<Received> items) {
    if (messages.isEmpty() || !isOn(exchange, messages.get(0))) {
      return;
    }
    for (int i = 0; i < messages.size(); i++) {
      take(exchange, messages.get(i), items.get(i));
    }
  }

  private void take(Exchange exchange, Telemetry telemetry, Received received) {
    Map<String, String> headers = new TreeMap<>();
    headers.put(TelemetryHeaders.TENANT, telemetry.tenant());
    headers.put(TelemetryHeaders.DEVICE, telemetry.device());
    headers.put(TelemetryHeaders.SOURCE, telemetry.source());
    headers.put(TelemetryHeaders.RECEIVED, Long.toString(received.at.toEpochMilli()));
    headers.put(TelemetryHeaders.RECEIVED_MICROS, Long.toString(micros(received.at)));
    try {
      keep(exchange, telemetry, headers, json.writeValueAsBytes(received.item));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the tenant has messages kept. */
  public boolean isOn(String tenant) {
    return settings.of(tenant).rawArchive();
  }

  /**
   * For a part of a message of several devices, which is kept as a message of its own device.
   *
   * @param headers with which the part alone can be mapped again
   */
  public void takePart(
      Exchange exchange, Telemetry telemetry, Map<String, String> headers, byte[] part) {
    keep(exchange, telemetry, headers, part);
  }

  private boolean isOn(Exchange exchange, Telemetry telemetry) {
    return settings.of(telemetry.tenant()).rawArchive() && exchange.getProperty(REPLAY) == null;
  }

  private void keep(
      Exchange exchange,
      Telemetry telemetry,
      Map<String, String> headers,
      byte @Nullable [] payload) {
    String received = headers.get(TelemetryHeaders.RECEIVED);
    List<Measurement> made = telemetry.measurements();
    RawMessage message =
        new RawMessage(
            telemetry.tenant(),
            received == null ? Instant.now() : Instant.ofEpochMilli(Long.parseLong(received)),
            UUID.fromString(telemetry.device()),
            telemetry.source(),
            headers.get(TelemetryHeaders.MAPPING),
            write(headers),
            payload == null ? new byte[0] : payload,
            metricIds(telemetry),
            made.stream().mapToLong(m -> micros(m.ts())).toArray());
    CompletableFuture<?> kept = batches.submit(message);
    CompletableFuture<?> before = exchange.getProperty(KEPT, CompletableFuture.class);
    exchange.setProperty(KEPT, before == null ? kept : CompletableFuture.allOf(before, kept));
  }

  /** Ids of the metrics of a message, in its order, as its rows have them. */
  public int[] metricIds(Telemetry telemetry) {
    return telemetry.measurements().stream()
        .mapToInt(
            m -> metrics.findOrAdd(telemetry.tenant(), m.metric(), m.text() != null, m.unit()).id())
        .toArray();
  }

  /** Microseconds since 1970-01-01 UTC, the store's own resolution. */
  public static long micros(Instant ts) {
    return ts.getEpochSecond() * 1_000_000L + ts.getNano() / 1_000;
  }

  private String write(Map<String, String> headers) {
    try {
      return json.writeValueAsString(headers);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void destroy() {
    batches.close();
  }
}
