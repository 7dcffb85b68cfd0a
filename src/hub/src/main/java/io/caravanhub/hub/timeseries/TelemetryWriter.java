package io.caravanhub.hub.timeseries;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.Metric;
import io.caravanhub.hub.telemetry.MetricCatalog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The one way into the table telemetry. Messages queue up to a bound of rows and of bytes, and are
 * committed in batches by one thread; each future completes after the commit that holds its rows.
 * Thread-safe.
 */
@Component
public class TelemetryWriter implements DisposableBean {
  /** How long a batch is tried again before its senders are told to come back. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final DeviceDirectory devices;
  private final MetricCatalog metrics;
  private final LatestValues latest;
  private final BatchLoop loop;

  public TelemetryWriter(
      @Qualifier("writerPool") DataSource writers,
      DeviceDirectory devices,
      MetricCatalog metrics,
      LatestValues latest,
      MeterRegistry meters,
      @Value("${hub.store.queue-rows}") int queueRows,
      @Value("${hub.store.queue-bytes}") long queueBytes) {
    this.devices = devices;
    this.metrics = metrics;
    this.latest = latest;
    Room room = new Room(queueRows, queueBytes);
    this.loop = new BatchLoop(new TelemetryTable(writers), room, PATIENCE, meters);
  }

  /**
   * Queues messages for the next batch.
   *
   * @param payload how many bytes the messages came in, if those are held until they are committed
   * @return completes after the commit; fails with {@link StoreBusyException} when the store does
   *     not come after
   * @throws StoreBusyException at once when the queue is full
   * @throws UnusableMessageException when a device is gone from the registry
   */
  public CompletableFuture<Written> write(List<Telemetry> messages, long payload) {
    List<List<Row>> rows = new ArrayList<>(messages.size());
    for (Telemetry message : messages) {
      rows.add(rows(message));
    }
    return loop.submit(rows, payload)
        .thenApply(
            written -> {
              latest.committed(messages);
              return written;
            });
  }

  private List<Row> rows(Telemetry message) {
    Device device =
        devices
            .find(message.tenant(), message.device())
            .orElseThrow(
                () ->
                    new UnusableMessageException(
                        "device_id", "unknown device \"" + message.device() + "\""));
    List<Row> rows = new ArrayList<>(message.measurements().size());
    for (Measurement m : message.measurements()) {
      Metric metric = metrics.findOrAdd(message.tenant(), m.metric(), m.text() != null, m.unit());
      rows.add(
          new Row(
              device.key(),
              metric.id(),
              TelemetryTable.micros(m.ts()),
              m.value(),
              m.text(),
              QualityReason.code(m.quality(), m.reason()),
              message.mapping()));
    }
    return rows;
  }

  @Override
  public void destroy() {
    loop.close();
  }
}
