package io.caravanhub.sim.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The API of the hub under load, called with its admin token. Thread-safe. */
final class Hub {
  private static final int UNAVAILABLE = 503;
  private static final int PATIENCE_SECONDS = 30;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI base;
  private final Path tokenFile;

  Hub(URI base, Path home) {
    this.base = base;
    this.tokenFile = home.resolve("admin.token");
  }

  /** An answer of the API; the body is missing when there was none. */
  record Answer(int status, JsonNode body) {}

  /** Asks whether it is there; whatever it answers, it is. */
  void ask() throws IOException, InterruptedException {
    var unused = send(HttpRequest.newBuilder(uri("/gateways?limit=1")).GET());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    Answer answer = send(HttpRequest.newBuilder(uri(path)).GET());
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

  Answer post(String path, Object body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
  }

  Answer patch(String path, Object body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
  }

  private URI uri(String path) {
    return base.resolve("/api/v1" + path);
  }

  /** Asks again for a while as long as the hub says that it is not able to answer now. */
  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    Answer answer = sendOnce(request.copy());
    for (int i = 0; answer.status == UNAVAILABLE && i < PATIENCE_SECONDS; i++) {
      TimeUnit.SECONDS.sleep(1);
      answer = sendOnce(request.copy());
    }
    return answer;
  }

  private Answer sendOnce(HttpRequest.Builder request) throws IOException, InterruptedException {
    if (!Files.exists(tokenFile)) {
      throw new IOException(
          "no admin token at " + tokenFile + "; start the hub with ./hub run, or set HUB_HOME");
    }
    try {
      HttpResponse<byte[]> response =
          http.send(
              request
                  .timeout(Duration.ofSeconds(60))
                  .header("Authorization", "Bearer " + Files.readString(tokenFile).strip())
                  .header("Content-Type", "application/json")
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(
          response.statusCode(),
          response.body().length == 0 ? json.missingNode() : json.readTree(response.body()));
    } catch (HttpTimeoutException e) {
      throw new IOException("the hub at " + base + " has not answered for a minute", e);
    } catch (ConnectException e) {
      throw new IOException("no hub answers at " + base + "; start one with ./hub run", e);
    }
  }
}
