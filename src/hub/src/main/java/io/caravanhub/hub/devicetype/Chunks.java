package io.caravanhub.hub.devicetype;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.LatestValues;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gathers the chunks of messages. A chunk is committed before it is acknowledged; the one that
 * completes its message carries it through the pipeline, and is acknowledged when the whole message
 * is stored or a dead letter. Nothing is kept in memory, so a restart forgets nothing. Thread-safe.
 */
@Component("chunks")
public class Chunks {
  /** Header of a dead letter whose payload is an array of chunks. */
  static final String CHUNKS = "hub-chunks";

  /** Header of a message that was put together already. */
  static final String ASSEMBLED = "hub-assembled";

  /** Exchange property: which set the message is of. */
  static final String SET = "hub-chunk-set";

  private static final String KEPT = "hub-chunk-kept";

  private final ChunkSets sets;
  private final DeadLetters letters;
  private final LatestValues latest;
  private final TransactionTemplate transaction;

  Chunks(
      ChunkSets sets,
      DeadLetters letters,
      LatestValues latest,
      PlatformTransactionManager transactions) {
    this.sets = sets;
    this.letters = letters;
    this.latest = latest;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Keeps a chunk. The exchange then is at its end, or its body is all chunks of the message. What
   * does not come in chunks is left as it is.
   */
  public void gather(Exchange exchange) {
    Parted parted = parted(exchange);
    Chunking how = parted.profile().type().chunking();
    Message message = exchange.getMessage();
    if (how == null
        || message.getHeader(ASSEMBLED) != null
        || message.getHeader(CHUNKS) != null
        || message.getHeader(GatewayMessages.PARTS) != null) {
      return;
    }
    byte[] payload = message.getBody(byte[].class);
    Chunk chunk = Chunk.read(how, JsonPayload.read(payload, "body"));
    ChunkSets.Key key = new ChunkSets.Key(parted.gateway().id(), chunk.correlationId());
    byte[] all =
        TenantScope.call(
            parted.gateway().tenant(),
            () ->
                transaction.execute(
                    status -> {
                      Optional<ChunkSets.Held> complete =
                          sets.put(how, key, chunk, payload, headers(message));
                      complete.ifPresent(held -> held.headers().forEach(message::setHeader));
                      return complete.isEmpty() ? new byte[0] : sets.content(key).chunks();
                    }));
    latest.seen(parted.gateway().id().toString());
    if (Objects.requireNonNull(all).length == 0) {
      exchange.setProperty(KEPT, true);
      return;
    }
    exchange.setProperty(SET, key);
    message.setBody(all);
    message.setHeader(CHUNKS, "true");
    exchange.setProperty(DeadLetters.PAYLOAD, all);
  }

  /** Body in: an array of all chunks. Body out: the message. Another body stays as it is. */
  public void assemble(Exchange exchange) {
    Message message = exchange.getMessage();
    Chunking how = parted(exchange).profile().type().chunking();
    if (how == null || message.getHeader(CHUNKS) == null) {
      return;
    }
    if (!(JsonPayload.read(message.getBody(byte[].class), "body") instanceof List<?> chunks)) {
      throw new UnusableMessageException("body", "expected an array of chunks");
    }
    byte[] whole = Assembly.of(how, chunks);
    message.removeHeader(CHUNKS);
    message.setHeader(ASSEMBLED, "true");
    message.setBody(whole);
    exchange.setProperty(DeadLetters.PAYLOAD, whole);
  }

  /** The message is stored. */
  public void done(Exchange exchange) {
    ChunkSets.Key key = exchange.getProperty(SET, ChunkSets.Key.class);
    if (key != null) {
      finish(exchange, () -> sets.done(key));
    }
  }

  /**
   * The message cannot be used: it is kept as a dead letter, and its chunks have had their fate.
   */
  public void keepLetter(Exchange exchange) {
    ChunkSets.Key key = Objects.requireNonNull(exchange.getProperty(SET, ChunkSets.Key.class));
    finish(
        exchange,
        () -> {
          letters.keep(exchange);
          sets.done(key);
        });
  }

  private void finish(Exchange exchange, Runnable work) {
    TenantScope.run(
        parted(exchange).gateway().tenant(),
        () -> transaction.executeWithoutResult(status -> work.run()));
  }

  private static Map<String, String> headers(Message message) {
    Map<String, String> headers = new TreeMap<>();
    for (String name :
        List.of(
            TelemetryHeaders.TENANT,
            TelemetryHeaders.DEVICE,
            TelemetryHeaders.SOURCE,
            TelemetryHeaders.RECEIVED,
            TelemetryHeaders.RECEIVED_MICROS)) {
      String value = message.getHeader(name, String.class);
      if (value != null) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  private static Parted parted(Exchange exchange) {
    return Objects.requireNonNull(exchange.getProperty(Parted.PROPERTY, Parted.class));
  }
}
