package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/** Polls the devices of one protocol and hands what they say to the route. */
public class FieldbusConsumer extends DefaultConsumer {
  private static final long MAY_MILLIS = 250;

  private final FieldbusEndpoint endpoint;
  private @Nullable ScheduledExecutorService scheduler;
  private @Nullable ScheduledExecutorService lister;
  private @Nullable ExecutorService workers;
  private @Nullable DevicePollers pollers;

  public FieldbusConsumer(FieldbusEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    FieldbusConnections connections = endpoint.getComponent().requireConnections();
    ExecutorServiceManager executors = endpoint.getCamelContext().getExecutorServiceManager();
    String name = "fieldbus-" + endpoint.getProtocol();
    ScheduledExecutorService clock = executors.newScheduledThreadPool(this, name + "-clock", 1);
    // Asking for the list may take long, and time-outs are not to wait for it.
    ScheduledExecutorService list = executors.newScheduledThreadPool(this, name + "-list", 1);
    ExecutorService pool = executors.newFixedThreadPool(this, name, endpoint.getWorkers());
    scheduler = clock;
    lister = list;
    workers = pool;
    DevicePollers fresh =
        new DevicePollers(
            links(clock),
            endpoint.getComponent().deviceMaps(),
            endpoint.timing(),
            clock,
            () ->
                new Delivery(this::send, pool, clock, endpoint.backOff(), endpoint.getQueueSize()));
    pollers = fresh;
    String protocol = endpoint.getProtocol();
    var unused =
        list.scheduleWithFixedDelay(
            () -> fresh.refresh(() -> connections.list(protocol)),
            0,
            endpoint.getRefresh(),
            TimeUnit.MILLISECONDS);
    var alsoUnused =
        clock.scheduleWithFixedDelay(
            () -> {
              if (!connections.mayRead()) {
                fresh.rest();
              }
            },
            MAY_MILLIS,
            MAY_MILLIS,
            TimeUnit.MILLISECONDS);
    endpoint.getComponent().started(this);
  }

  @Override
  protected void doStop() throws Exception {
    endpoint.getComponent().stopped(this);
    ExecutorServiceManager executors = endpoint.getCamelContext().getExecutorServiceManager();
    if (lister != null) {
      executors.shutdownNow(lister);
      lister = null;
    }
    if (pollers != null) {
      pollers.stop();
      pollers = null;
    }
    if (scheduler != null) {
      executors.shutdownNow(scheduler);
      scheduler = null;
    }
    if (workers != null) {
      executors.shutdownGraceful(workers);
      workers = null;
    }
    super.doStop();
  }

  List<FieldbusStatus> status() {
    DevicePollers current = pollers;
    return current == null ? List.of() : current.status();
  }

  Optional<CompletableFuture<WriteResult>> write(
      String tenant, String device, String metric, Object value) {
    DevicePollers current = pollers;
    return current == null ? Optional.empty() : current.write(tenant, device, metric, value);
  }

  private DeviceLinks links(ScheduledExecutorService clock) {
    return FieldbusProtocols.get(endpoint.getProtocol())
        .links(endpoint.timing(), clock, endpoint.getComponent().keys());
  }

  private void send(DeviceMessage said, Delivery.Outcome outcome) {
    Exchange exchange = createExchange(false);
    Message message = exchange.getMessage();
    message.setBody(said.body());
    message.setHeader(TelemetryHeaders.TENANT, said.connection().tenant());
    message.setHeader(TelemetryHeaders.DEVICE, said.connection().device());
    message.setHeader(
        TelemetryHeaders.SOURCE, FieldbusProtocols.get(said.connection().protocol()).family());
    message.setHeader(TelemetryHeaders.RECEIVED, String.valueOf(said.received().toEpochMilli()));
    if (said.kind() != null) {
      message.setHeader(TelemetryHeaders.KIND, said.kind());
    }
    getAsyncProcessor()
        .process(
            exchange,
            doneSync -> {
              Throwable failure = failure(exchange);
              releaseExchange(exchange, false);
              outcome.ended(failure);
            });
  }

  private static @Nullable Throwable failure(Exchange exchange) {
    if (exchange.getException() != null) {
      return exchange.getException();
    }
    return exchange.isRollbackOnly() ? new RuntimeCamelException("rolled back") : null;
  }
}
