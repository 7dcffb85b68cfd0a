package io.caravanhub.hub.upload;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.limit.ReadingLimits;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Commits chunks of rows through the pipeline, no faster than the limits allow. Thread-safe. */
@Component
class ChunkStore {
  private static final String ROUTE = "direct:ingest.store";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ReadingLimits limits;
  private final Duration patience;
  private final ProducerTemplate producer;

  ChunkStore(
      ReadingLimits limits,
      @Value("${hub.limits.upload-wait:PT30S}") Duration patience,
      @Lazy ProducerTemplate producer) {
    this.limits = limits;
    this.patience = patience;
    this.producer = producer;
  }

  /**
   * Stores the rows, counts them and empties the chunk; throws when they could not be stored.
   *
   * @throws ProblemException 429 when the limits would not let them in for a while
   */
  void store(Chunk chunk, Tally tally) throws Exception {
    List<Telemetry> rows = chunk.rows();
    if (rows.isEmpty()) {
      return;
    }
    Map<String, Integer> byDevice = new HashMap<>();
    for (Telemetry row : rows) {
      byDevice.merge(row.device(), row.measurements().size(), Integer::sum);
    }
    await(rows.get(0).tenant(), byDevice);
    Exchange done =
        producer.request(ROUTE, exchange -> exchange.getMessage().setBody(List.copyOf(rows)));
    if (done.getException() != null) {
      throw done.getException();
    }
    tally.stored(
        done.getMessage().getHeader(TimeseriesConstants.STORED, 0, Integer.class),
        done.getMessage().getHeader(TimeseriesConstants.DUPLICATES, 0, Integer.class),
        byDevice.values().stream().mapToInt(Integer::intValue).sum());
    chunk.clear();
  }

  private void await(String tenant, Map<String, Integer> byDevice) throws InterruptedException {
    long started = System.nanoTime();
    while (true) {
      try {
        limits.take(tenant, byDevice);
        return;
      } catch (ProblemException e) {
        Duration waited = Duration.ofNanos(System.nanoTime() - started);
        if (e.retryAfter() == null || waited.plus(e.retryAfter()).compareTo(patience) > 0) {
          throw e;
        }
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }
}
