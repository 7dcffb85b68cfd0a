package io.caravanhub.edge.work;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.edge.spool.SpoolHeaders;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/** Sends messages of the gateway's own making on, marked so that they are not worked on again. */
final class WorkOutlet {
  /** The kind of message that cannot wait. */
  static final String EVENT = "event";

  private static final String OWN = "hub-worked";

  private final Endpoint endpoint;
  private final AsyncProducer producer;

  /**
   * An outlet into an endpoint.
   *
   * @param uri with property placeholders
   */
  WorkOutlet(CamelContext context, String uri) throws Exception {
    endpoint = context.getEndpoint(context.resolvePropertyPlaceholders(uri));
    producer = endpoint.createAsyncProducer();
    ServiceHelper.startService(producer);
  }

  static boolean isOwn(Exchange exchange) {
    return exchange.getProperty(OWN) != null;
  }

  void send(
      String tenant,
      String device,
      String source,
      @Nullable String kind,
      byte[] body,
      Consumer<@Nullable Throwable> done) {
    Exchange exchange = endpoint.createExchange();
    exchange.setProperty(OWN, true);
    Message message = exchange.getMessage();
    message.setBody(body);
    message.setHeader(TelemetryHeaders.TENANT, tenant);
    message.setHeader(TelemetryHeaders.DEVICE, device);
    message.setHeader(TelemetryHeaders.SOURCE, source);
    // When it was measured, so that the clock of that time counts and not what it was set to since.
    message.setHeader(TelemetryHeaders.RECEIVED, String.valueOf(MessageTime.millis(body)));
    if (kind != null) {
      message.setHeader(SpoolHeaders.KIND, kind);
    }
    producer.process(exchange, doneSync -> done.accept(failure(exchange)));
  }

  private static @Nullable Throwable failure(Exchange exchange) {
    if (exchange.getException() != null) {
      return exchange.getException();
    }
    return exchange.isRollbackOnly() ? new RuntimeCamelException("rolled back") : null;
  }
}
