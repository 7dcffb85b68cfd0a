package io.caravanhub.hub.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Calls the API of a hub on this machine with its admin token. Thread-safe. */
public final class HubClient {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI base;
  private final Path tokenFile;

  public HubClient(URI base, Path tokenFile) {
    this.base = base;
    this.tokenFile = tokenFile;
  }

  /** An answer: its status, its JSON (missing when it had none), its entity tag or "". */
  public record Answer(int status, JsonNode body, String tag) {}

  /** The hub that these settings speak of. */
  public static HubClient of(Settings settings) {
    URI base =
        URI.create(
            "http://"
                + settings.require(Setting.HUB_BIND)
                + ":"
                + settings.port(Setting.HUB_HTTP_PORT));
    return new HubClient(base, settings.folder(Setting.HUB_HOME).resolve("admin.token"));
  }

  /** GET below /api/v1, whatever is answered. */
  public Answer ask(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve("/api/v1" + path)).GET());
  }

  /** GET below /api/v1; fails unless the answer is 200. */
  public JsonNode get(String path) throws IOException, InterruptedException {
    Answer answer = ask(path);
    if (answer.status != 200) {
      throw new IOException(
          "GET "
              + path
              + " answered "
              + answer.status
              + ": "
              + answer.body.path("detail").asText());
    }
    return answer.body;
  }

  public Answer post(String path, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve("/api/v1" + path))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Changes what is as the tag says; an empty tag is for what is not there yet. */
  public Answer change(String method, String path, String tag, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve("/api/v1" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return send(tag.isEmpty() ? request : request.header("If-Match", tag));
  }

  public Answer patch(String path, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve("/api/v1" + path))
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Whether the hub answers its health check. */
  public boolean isUp() throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(base.resolve("/actuator/health"))
              .timeout(Duration.ofSeconds(2))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200
          && Files.exists(tokenFile);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What the hub says of its health, whether it is well or not, with status 0 when it says nothing
   * within ten seconds; empty when there is no hub.
   */
  public Optional<Answer> health() throws InterruptedException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(base.resolve("/actuator/health")).timeout(Duration.ofSeconds(10));
      if (Files.isReadable(tokenFile)) {
        request.header("Authorization", "Bearer " + token());
      }
      Answer answer = answer(request.build());
      // Health, or a problem document: whoever answers otherwise is another program.
      return answer.body().path("status").isTextual() || answer.body().has("detail")
          ? Optional.of(answer)
          : Optional.empty();
    } catch (HttpConnectTimeoutException e) {
      return Optional.empty();
    } catch (HttpTimeoutException e) {
      return Optional.of(new Answer(0, json.missingNode(), ""));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Answer answer(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(
        response.statusCode(),
        response.body().length == 0 ? json.missingNode() : json.readTree(response.body()),
        response.headers().firstValue("ETag").orElse(""));
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest ready =
        request
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + token())
            .header("Content-Type", "application/json")
            .build();
    try {
      return answer(ready);
    } catch (java.net.ConnectException e) {
      throw new IOException("no hub answers at " + base + "; start one with ./hub run", e);
    }
  }

  private String token() throws IOException {
    if (!Files.exists(tokenFile)) {
      throw new IOException(
          "no admin token at " + tokenFile + "; start the hub first, or set HUB_HOME");
    }
    return Files.readString(tokenFile).strip();
  }
}
