package io.caravanhub.core.address;

import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP towards addresses that tenants name: one deadline for a whole exchange, answers of a bounded
 * size, no redirect followed, nothing sent again by itself, and no host asked that the gate
 * refuses. Thread-safe.
 */
public final class GatedHttp {
  private final HttpClient client;
  private final HostGate gate;
  private final int largest;

  /** An answer, whatever its status. */
  public record Answer(int status, HttpHeaders headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public boolean success() {
      return status >= 200 && status < 300;
    }

    /**
     * Its {@code Retry-After} (RFC 9110, section 10.2.3) in seconds or as a date; null without.
     *
     * @param longest the most that is believed
     */
    public @Nullable Duration retryAfter(Duration longest) {
      String value = headers.firstValue("Retry-After").orElse("").strip();
      if (value.isEmpty()) {
        return null;
      }
      try {
        Duration asked =
            value.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(value))
                : Duration.between(
                    Instant.now(),
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(longest) > 0 ? longest : asked;
      } catch (DateTimeParseException e) {
        return null;
      }
    }
  }

  /** No whole answer came. */
  public static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean sent;

    public NoAnswerException(String reason, boolean sent) {
      super(reason, null, false, false);
      this.sent = sent;
    }

    /** Whether the request may have arrived. */
    public boolean sent() {
      return sent;
    }
  }

  /**
   * @param gate which hosts are asked
   * @param largest bytes of an answer's body
   */
  public GatedHttp(HostGate gate, int largest) {
    this.gate = gate;
    this.largest = largest;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Sends it once.
   *
   * @param deadline of the whole exchange
   * @throws NoAnswerException without a whole answer; its message holds nothing that was sent
   */
  public Answer send(
      String method, URI uri, Map<String, String> headers, byte[] body, Duration deadline)
      throws NoAnswerException {
    String refused = gate.refusal(uri.getHost());
    if (refused != null) {
      throw new NoAnswerException(refused, false);
    }
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(
            request(method, uri, headers, body),
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                bytes ->
                    bytes.ifPresent(
                        some -> {
                          if (received.size() + some.length > largest) {
                            throw new IllegalStateException("larger than " + largest + " bytes");
                          }
                          received.writeBytes(some);
                        })));
    try {
      HttpResponse<Void> response = exchange.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.headers(), received.toByteArray());
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw new NoAnswerException("no answer within " + deadline.toMillis() + " ms", true);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      boolean sent =
          !(cause instanceof ConnectException
              || cause instanceof HttpConnectTimeoutException
              || cause instanceof SSLHandshakeException);
      throw new NoAnswerException(
          cause instanceof SSLHandshakeException
              ? "its certificate is not trusted"
              : sent ? "the answer broke off" : "cannot connect",
          sent);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.cancel(true);
      throw new NoAnswerException("interrupted", true);
    }
  }

  private static HttpRequest request(
      String method, URI uri, Map<String, String> headers, byte[] body) throws NoAnswerException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .method(
                  method,
                  body.length == 0
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(body));
      headers.forEach(request::setHeader);
      return request.build();
    } catch (IllegalArgumentException e) {
      // The message may hold the value of a header, which may be a secret.
      throw new NoAnswerException("a header or the address cannot be sent", false);
    }
  }
}
