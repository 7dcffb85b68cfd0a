package io.caravanhub.hub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps messages that cannot be used, whole and with their reason, committed before {@link #keep}
 * returns. Thread-safe.
 */
@Component("deadLetters")
public class DeadLetters {
  /** Exchange property that holds the payload as received, set where a message enters. */
  public static final String PAYLOAD = "hub-payload";

  private static final int REASON_MAX = 2_000;

  /** Whose a message is that names no tenant, or none there is. */
  private static final String NOBODY = "default";

  private record Letter(
      @Nullable String device,
      String source,
      @Nullable String field,
      String reason,
      byte[] payload,
      Map<String, String> headers) {}

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final MeterRegistry meters;
  private volatile Consumer<KeptLetter> listener = letter -> {};

  public DeadLetters(JdbcClient jdbc, ObjectMapper json, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.json = json;
    this.meters = meters;
  }

  /** Whom to tell of each letter once it is committed; one, which must not fail. */
  public void tell(Consumer<KeptLetter> listener) {
    this.listener = listener;
  }

  /**
   * Keeps the message of a failed exchange. Throws when it could not be kept, so that the sender is
   * not acknowledged.
   */
  public void keep(Exchange exchange) {
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    UnusableMessageException unusable = cause instanceof UnusableMessageException u ? u : null;
    Map<String, String> headers = new TreeMap<>();
    exchange.getMessage().getHeaders().forEach((name, value) -> keepHeader(headers, name, value));
    keep(
        headers.getOrDefault(TelemetryHeaders.TENANT, NOBODY),
        headers.get(TelemetryHeaders.DEVICE),
        headers.getOrDefault(TelemetryHeaders.SOURCE, "unknown"),
        unusable != null
            ? unusable.field()
            : cause instanceof MappingException m ? m.field() : null,
        placed(
            headers,
            unusable != null
                ? unusable.reason()
                : cause == null ? "unknown" : String.valueOf(cause.getMessage())),
        payload(exchange),
        headers);
  }

  /**
   * Keeps a message.
   *
   * @param device the device as its sender named it
   * @param headers what it travelled with, for a replay
   */
  public void keep(
      String tenant,
      @Nullable String device,
      String source,
      @Nullable String field,
      String reason,
      byte[] payload,
      Map<String, String> headers) {
    String kept = reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
    Letter letter = new Letter(device, source, field, kept, payload, headers);
    try {
      insert(tenant, letter);
    } catch (DataIntegrityViolationException e) {
      if (tenant.equals(NOBODY)) {
        throw e;
      }
      // A tenant that does not exist, as any topic of a broker outside may name: kept for the
      // operator, or its sender would be told to send it again for ever.
      insert(NOBODY, letter);
    }
    meters.counter("hub.dead.letters", "source", source).increment();
    tell(new KeptLetter(tenant, device, source, field, kept, payload, headers));
  }

  private void tell(KeptLetter letter) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      listener.accept(letter);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            listener.accept(letter);
          }
        });
  }

  private void insert(String tenant, Letter letter) {
    TenantScope.run(
        tenant,
        () ->
            jdbc.sql(
                    "insert into dead_letters (tenant_id, device, source, field, reason, payload, headers) values (?, ?, ?, ?, ?, ?, ?::jsonb)")
                .params(
                    tenant,
                    storable(letter.device),
                    letter.source,
                    storable(letter.field),
                    storable(letter.reason),
                    letter.payload,
                    write(letter.headers))
                .update());
  }

  private static void keepHeader(Map<String, String> headers, String name, @Nullable Object value) {
    if (name.startsWith("hub-") && value instanceof String text) {
      headers.put(name, text.replace("\u0000", ""));
    }
  }

  private static String placed(Map<String, String> headers, String reason) {
    String place = headers.get(TelemetryHeaders.PLACE);
    return place == null ? reason : place + ": " + reason;
  }

  private static @Nullable String storable(@Nullable String text) {
    return text == null ? null : text.replace("\u0000", "\ufffd");
  }

  private static byte[] payload(Exchange exchange) {
    byte[] payload = exchange.getProperty(PAYLOAD, byte[].class);
    if (payload == null) {
      payload = exchange.getMessage().getBody(byte[].class);
    }
    return payload == null
        ? String.valueOf(exchange.getMessage().getBody()).getBytes(StandardCharsets.UTF_8)
        : payload;
  }

  private String write(Map<String, String> headers) {
    try {
      return json.writeValueAsString(headers);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
