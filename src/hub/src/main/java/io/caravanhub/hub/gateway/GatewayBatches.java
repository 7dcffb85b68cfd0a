package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.SeldomLog;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The first step of a batch: it is read, on one of a few threads of their own, the batches of a
 * gateway one after the other, so that their rows and rules keep its order. Body in: bytes. Body
 * out: a list of {@link Telemetry}, maybe empty. Thread-safe.
 */
@Component("gatewayBatches")
public class GatewayBatches extends AsyncProcessorSupport implements DisposableBean {
  private final SeldomLog busy = new SeldomLog(LoggerFactory.getLogger(GatewayBatches.class));

  /** What a batch is called that cannot be read, and is a dead letter as a whole. */
  private static final String SOURCE = "gateway-batch";

  private static final String SOME = "hub-batch-telemetry";
  private static final int LANES = 2;
  private static final long WAITING_MAX = 64_000_000;

  private final List<ExecutorService> lanes;
  private final AtomicLong waiting = new AtomicLong();
  private final BatchReader reader;
  private final Sequences sequences;
  private final RawRecords raw;
  private final RawArchive archive;
  private final DeviceDirectory directory;
  private final MeterRegistry meters;

  GatewayBatches(
      BatchReader reader,
      Sequences sequences,
      RawRecords raw,
      RawArchive archive,
      DeviceDirectory directory,
      MeterRegistry meters) {
    this.reader = reader;
    this.sequences = sequences;
    this.raw = raw;
    this.archive = archive;
    this.directory = directory;
    this.meters = meters;
    this.lanes =
        java.util.stream.IntStream.range(0, LANES)
            .mapToObj(
                n ->
                    Executors.newSingleThreadExecutor(
                        task -> {
                          Thread thread = new Thread(task, "gateway-batches-" + n);
                          thread.setDaemon(true);
                          return thread;
                        }))
            .toList();
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Message message = exchange.getMessage();
    byte[] body = Objects.requireNonNullElse(message.getBody(byte[].class), new byte[0]);
    exchange.setProperty(DeadLetters.PAYLOAD, body);
    message.setHeader(TelemetryHeaders.SOURCE, SOURCE);
    String gateway =
        message.getHeader(TelemetryHeaders.TENANT, String.class)
            + "/"
            + message.getHeader(TelemetryHeaders.DEVICE, String.class);
    long size = Math.min(BatchBytes.size(body), BatchReader.BYTES_MAX);
    if (waiting.addAndGet(size) > WAITING_MAX && waiting.get() != size) {
      waiting.addAndGet(-size);
      String why = "batches of gateways wait to be read";
      busy.warn("Senders are told to come again: {}", why);
      exchange.setException(new StoreBusyException(why));
      callback.done(true);
      return true;
    }
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onDone(Exchange done) {
                waiting.addAndGet(-size);
              }
            });
    ExecutorService lane = lanes.get(Math.floorMod(gateway.hashCode(), LANES));
    run(lane, exchange, body, callback);
    return false;
  }

  private void run(ExecutorService lane, Exchange exchange, byte[] body, AsyncCallback callback) {
    try {
      lane.execute(() -> read(lane, exchange, body, callback));
    } catch (RejectedExecutionException e) {
      exchange.setException(new StoreBusyException("the hub is stopping", e));
      callback.done(false);
    }
  }

  private void read(ExecutorService lane, Exchange exchange, byte[] body, AsyncCallback callback) {
    try {
      Message message = exchange.getMessage();
      Gateway gateway = gateway(message);
      Instant received =
          Instant.ofEpochMilli(
              Long.parseLong(
                  message.getHeader(
                      TelemetryHeaders.RECEIVED,
                      Long.toString(System.currentTimeMillis()),
                      String.class)));
      take(exchange, reader.read(gateway, body, received));
    } catch (UnderWayException e) {
      e.earlier().whenComplete((done, failure) -> run(lane, exchange, body, callback));
      return;
    } catch (RuntimeException e) {
      exchange.setException(e);
    }
    callback.done(false);
  }

  private Gateway gateway(Message message) {
    String tenant = message.getHeader(TelemetryHeaders.TENANT, "", String.class);
    String name = message.getHeader(TelemetryHeaders.DEVICE, "", String.class);
    return directory
        .gateway(tenant, name)
        .orElseThrow(
            () -> new UnusableMessageException("gateway", "unknown gateway \"" + name + "\""));
  }

  private void take(Exchange exchange, GatewayBatch batch) {
    exchange.setProperty(GatewayBatch.PROPERTY, batch);
    CompletableFuture<Void> done = sequences.begin(batch);
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onDone(Exchange ended) {
                done.complete(null);
              }
            });
    archive.take(exchange, batch.telemetry, batch.bodies);
    batch.rawDone = raw.send(exchange.getContext(), batch);
    if (!batch.telemetry.isEmpty()) {
      exchange.setProperty(SOME, true);
    }
    exchange.getMessage().setBody(batch.telemetry);
  }

  /** The store did not take the telemetry as a whole: one record of it, which is the body now. */
  public void refuse(Exchange exchange) {
    GatewayBatch batch = batch(exchange);
    int index = exchange.getProperty(Exchange.SPLIT_INDEX, 0, Integer.class);
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    UnusableMessageException unusable =
        cause instanceof UnusableMessageException u
            ? u
            : new UnusableMessageException("body", String.valueOf(cause));
    batch.refuse(
        batch.names.get(index),
        GatewayBatch.CANONICAL,
        unusable.field(),
        unusable.reason(),
        archiveForm(batch, index));
  }

  private static byte[] archiveForm(GatewayBatch batch, int index) {
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper()
          .writeValueAsBytes(batch.bodies.get(index).item());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Body out: {@code {stored, duplicates, dead}}, counted in records. */
  public void answer(Exchange exchange) {
    GatewayBatch batch = exchange.getProperty(GatewayBatch.PROPERTY, GatewayBatch.class);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("stored", batch == null ? 0 : batch.stored());
    answer.put("duplicates", batch == null ? 0 : batch.duplicates);
    // A batch that could not be read is one letter.
    answer.put("dead", batch == null ? 1 : batch.letters.size());
    exchange.getMessage().setBody(answer);
  }

  /** Counts what a batch brought. */
  public void count(Exchange exchange) {
    GatewayBatch batch = batch(exchange);
    meters.counter("hub.gateway.records", "fate", "stored").increment(batch.stored());
    meters.counter("hub.gateway.records", "fate", "duplicate").increment(batch.duplicates);
    meters.counter("hub.gateway.records", "fate", "dead").increment(batch.letters.size());
    meters.counter("hub.gateway.clock.unknown").increment(batch.clockUnknown);
    meters.counter("hub.gateway.batches", "lane", batch.lane).increment();
  }

  private static GatewayBatch batch(Exchange exchange) {
    return Objects.requireNonNull(exchange.getProperty(GatewayBatch.PROPERTY, GatewayBatch.class));
  }

  @Override
  public void destroy() {
    lanes.forEach(ExecutorService::shutdownNow);
  }
}
