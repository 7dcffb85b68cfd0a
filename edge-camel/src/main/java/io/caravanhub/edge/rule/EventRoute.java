package io.caravanhub.edge.rule;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.edge.spool.SpoolHeaders;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** Hands events to the route {@code edge.event.to}, by default {@code direct:edge.event}. */
public final class EventRoute implements EventSink {
  private final Supplier<CamelContext> context;
  private final String tenant;
  private volatile @Nullable ProducerTemplate template;

  /**
   * @param context where the route runs
   * @param tenant whose devices they are of
   */
  public EventRoute(Supplier<CamelContext> context, String tenant) {
    this.context = context;
    this.tenant = tenant;
  }

  @Override
  public void send(String device, byte[] body) throws Exception {
    ProducerTemplate to = template;
    if (to == null) {
      to = context.get().createProducerTemplate();
      template = to;
    }
    Map<String, Object> headers =
        Map.of(
            TelemetryHeaders.TENANT,
            tenant,
            TelemetryHeaders.DEVICE,
            device,
            TelemetryHeaders.SOURCE,
            "rule",
            SpoolHeaders.KIND,
            "event");
    Exchange taken =
        to.request(
            "{{edge.event.to}}",
            exchange -> {
              exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
              exchange.getMessage().setBody(body);
            });
    if (taken.getException() != null) {
      throw taken.getException();
    }
  }
}
