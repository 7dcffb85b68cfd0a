package io.caravanhub.hub.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the spans that a collector takes and those it does not, and says in the log when that
 * changes, once. Thread-safe.
 */
final class WatchedExporter implements SpanExporter {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedExporter.class);

  private final SpanExporter exporter;
  private final String endpoint;
  private final Counter taken;
  private final Counter refused;
  private final AtomicBoolean away = new AtomicBoolean();

  WatchedExporter(SpanExporter exporter, String endpoint, MeterRegistry meters) {
    this.exporter = exporter;
    this.endpoint = endpoint;
    this.taken = meters.counter("hub.trace.spans", "fate", "taken");
    this.refused = meters.counter("hub.trace.spans", "fate", "refused");
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> tell(result.isSuccess(), count));
  }

  private void tell(boolean well, int count) {
    (well ? taken : refused).increment(count);
    if (!well && away.compareAndSet(false, true)) {
      LOG.warn(
          "The collector at {} does not take traces; they are dropped until it does", endpoint);
    } else if (well && away.compareAndSet(true, false)) {
      LOG.info("The collector at {} takes traces again", endpoint);
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
