package io.caravanhub.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a hub on this machine answers over HTTP, whether it runs or not. Thread-safe. */
public final class HubApi {
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param port of HTTP on loopback
   */
  public HubApi(int port) {
    this.port = port;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Whether the path, of {@code /actuator/health} for instance, gives 200 within five seconds. */
  public boolean isOk(String path) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(5)).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** A request for a path below /api/v1, to be completed. */
  public HttpRequest.Builder request(String token, String path) {
    return HttpRequest.newBuilder(uri("/api/v1" + path)).header("Authorization", "Bearer " + token);
  }

  /**
   * A call of the API below /api/v1.
   *
   * @param body JSON, or an empty text for none
   * @return the answer, a missing node when it is empty
   * @throws IOException with what the hub said when it does not succeed
   */
  public JsonNode call(String token, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(token, path)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          method
              + " "
              + path
              + " answered "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body().length == 0 ? json.missingNode() : json.readTree(answer.body());
  }
}
