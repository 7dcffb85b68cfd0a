package io.caravanhub.hub.gateway;

import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends the raw records of a batch through the channel raw, all at once and in their order, as the
 * publishes of devices come. Thread-safe.
 */
@Component
class RawRecords {
  private static final String CHANNEL = "direct:ingest.gateway-raw";

  private volatile @Nullable AsyncProducer producer;

  /**
   * Sends them.
   *
   * @return completes when each is stored or a letter; fails when one was not to be stored now
   */
  CompletableFuture<?> send(CamelContext camel, GatewayBatch batch) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (RawRecord record : batch.raw) {
      sent.add(send(camel, batch, record));
    }
    return CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0]));
  }

  private CompletableFuture<?> send(CamelContext camel, GatewayBatch batch, RawRecord record) {
    Exchange exchange = new DefaultExchange(camel);
    exchange.getMessage().setBody(record.payload());
    record
        .headers(batch, record.device().id().toString())
        .forEach(exchange.getMessage()::setHeader);
    CompletableFuture<Void> done = new CompletableFuture<>();
    producer(camel)
        .process(
            exchange,
            sync -> {
              Exception failure = exchange.getException();
              if (failure instanceof UnusableMessageException e) {
                refuse(batch, record, e.field(), e.reason());
                done.complete(null);
              } else if (failure instanceof MappingException e) {
                refuse(
                    batch,
                    record,
                    Objects.requireNonNullElse(e.field(), "body"),
                    String.valueOf(e.getMessage()));
                done.complete(null);
              } else if (failure != null) {
                done.completeExceptionally(failure);
              } else {
                done.complete(null);
              }
            });
    return done;
  }

  private static void refuse(GatewayBatch batch, RawRecord record, String field, String reason) {
    batch.letters.add(
        new BatchLetter(
            record.named(),
            GatewayBatch.RAW,
            field,
            reason,
            record.payload(),
            record.headers(batch, record.named())));
  }

  private AsyncProducer producer(CamelContext camel) {
    AsyncProducer current = producer;
    if (current == null) {
      synchronized (this) {
        current = producer;
        if (current == null) {
          try {
            current = camel.getEndpoint(CHANNEL).createAsyncProducer();
          } catch (Exception e) {
            throw new IllegalStateException("nobody listens to " + CHANNEL, e);
          }
          ServiceHelper.startService(current);
          producer = current;
        }
      }
    }
    return current;
  }
}
