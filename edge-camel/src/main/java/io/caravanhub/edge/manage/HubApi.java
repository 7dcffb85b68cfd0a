package io.caravanhub.edge.manage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The hub's API as a gateway calls it. Safe for many threads. */
final class HubApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int LONGEST_ERROR = 500;

  private final URI hub;
  private final @Nullable String token;
  private final HttpClient client;
  private final Duration patience;
  private final Duration betweenPieces;

  /** What the hub answered; its body is JSON or missing. */
  record Answer(int status, String tag, JsonNode body) {
    boolean isOk() {
      return status / 100 == 2;
    }

    /** Why it is not ok, for people. */
    String problem() {
      String detail = body.path("detail").asText("");
      String field = body.path("field").asText("");
      return "the hub answers "
          + status
          + (detail.isEmpty() ? "" : ": " + (field.isEmpty() ? "" : field + ": ") + detail);
    }
  }

  /**
   * @param tls for {@code https}; null for {@code http}
   */
  HubApi(URI hub, @Nullable String token, @Nullable SSLContext tls) {
    this(hub, token, tls, ANSWER);
  }

  /**
   * @param patience for a whole answer, and between two pieces of a file
   */
  HubApi(URI hub, @Nullable String token, @Nullable SSLContext tls, Duration patience) {
    this(hub, token, tls, patience, patience);
  }

  HubApi(
      URI hub,
      @Nullable String token,
      @Nullable SSLContext tls,
      Duration patience,
      Duration betweenPieces) {
    this.patience = patience;
    this.betweenPieces = betweenPieces;
    this.hub = hub;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.client = builder.build();
  }

  Answer get(String path, @Nullable String seen) throws IOException {
    HttpRequest.Builder request = request(path).GET();
    if (seen != null) {
      request.header("If-None-Match", seen);
    }
    return answer(request.build());
  }

  Answer post(String path, Map<String, ?> body) throws IOException {
    return answer(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build());
  }

  /**
   * A file from this byte on; the status tells whether the hub begins there (206) or anew (200).
   *
   * @param address a path of the hub, or the whole address of a file elsewhere, which is not shown
   *     the token
   */
  HttpResponse<InputStream> file(String address, long from) throws IOException {
    URI uri = hub.resolve(address);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience).GET();
    if (token != null && isHub(uri)) {
      request.header("Authorization", "Bearer " + token);
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The body of a file, which ends with an error when nothing comes any more. */
  InputStream patient(InputStream body) {
    return PatientStream.of(body, betweenPieces);
  }

  private boolean isHub(URI uri) {
    return String.valueOf(uri.getHost()).equals(hub.getHost())
        && uri.getPort() == hub.getPort()
        && String.valueOf(uri.getScheme()).equals(hub.getScheme());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(hub + "/api/v1" + path))
            .timeout(patience)
            .header("Accept", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  // The deadline of the request itself ends with the headers.
  private Answer answer(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      HttpResponse<byte[]> response = sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("ETag").orElse(""),
          body(response.body()));
    } catch (TimeoutException e) {
      throw new IOException("the hub's answer was not there after " + patience, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      sent.cancel(true);
    }
  }

  private static JsonNode body(byte[] bytes) throws IOException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      String text =
          new String(bytes, 0, Math.min(bytes.length, LONGEST_ERROR), StandardCharsets.UTF_8);
      return JSON.createObjectNode().put("detail", "no JSON: " + text.strip());
    }
  }
}
