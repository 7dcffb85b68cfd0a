package io.caravanhub.edge.uplink;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The same bodies as POST requests of JSON, packed or not, with the gateway's token. */
final class HttpsWay implements HubWay {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MANY = 429;

  /** Answers whose reason may lie in the message itself. */
  private static final Set<Integer> OF_THIS = Set.of(400, 413, 415, 422, 500);

  private final HubSettings settings;
  private final UplinkTimes times;
  private final HttpClient client;

  HttpsWay(HubSettings settings, UplinkTimes times, SSLContext tls) {
    this.settings = settings;
    this.times = times;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(times.answer().dividedBy(2))
            .sslContext(tls)
            .build();
  }

  @Override
  public String name() {
    return "https";
  }

  /** HTTP has no connection to speak of: the first question tells whether there is a hub. */
  @Override
  public CompletableFuture<Void> connect() {
    return ask("clock", ClockProbe.question(System.currentTimeMillis())).thenAccept(answered -> {});
  }

  @Override
  public CompletableFuture<Void> send(String channel, byte[] body) {
    return ask(channel, body).thenAccept(answered -> {});
  }

  @Override
  public CompletableFuture<byte[]> ask(String channel, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(channel))
            .timeout(times.answer())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (settings.token() != null) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    // It is JSON, however it is packed (RFC 9110, section 8.4).
    if (body.length > 1 && body[0] == 0x1f && body[1] == (byte) 0x8b) {
      request.header("Content-Encoding", "gzip");
    }
    return client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(HttpsWay::body);
  }

  private static byte[] body(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status / 100 == 2) {
      return response.body();
    }
    boolean ofThis = OF_THIS.contains(status);
    if (ofThis || status == MANY || status >= 500) {
      throw new NotNowException(
          "the hub answers " + status + detail(response), retryAfter(response, ofThis), ofThis);
    }
    throw new IllegalStateException("the hub answers " + status + detail(response));
  }

  /** What a problem document (RFC 9457) says, or nothing. */
  private static String detail(HttpResponse<byte[]> response) {
    try {
      String detail = JSON.readTree(response.body()).path("detail").asText();
      return detail.isEmpty() ? "" : ": " + detail.substring(0, Math.min(200, detail.length()));
    } catch (IOException e) {
      return "";
    }
  }

  private static @Nullable Duration retryAfter(HttpResponse<byte[]> response, boolean ofThis) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("\\d{1,5}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(ofThis ? null : Duration.ofSeconds(1));
  }

  private URI uri(String channel) {
    return URI.create(
        Objects.requireNonNull(settings.api())
            + "/api/v1/gateways/"
            + settings.gateway()
            + "/"
            + channel);
  }

  @Override
  public void close() {
    // Idle connections end by themselves.
  }
}
