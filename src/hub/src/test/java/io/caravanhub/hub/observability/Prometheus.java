package io.caravanhub.hub.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Programs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A Prometheus that scrapes a hub every second, with the alert rules of deploy/. */
final class Prometheus implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  /**
   * @param error empty when it was answered
   */
  record Result(int series, String error) {}

  private Prometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Prometheus scraping(URI hub) throws IOException {
    Path program = Programs.require("prometheus", "prometheus");
    Path home = Files.createTempDirectory("prometheus");
    Path config = home.resolve("prometheus.yml");
    Files.writeString(
        config,
        Files.readString(Expressions.deploy().resolve("prometheus/local.yml"))
            .replace("scrape_interval: 15s", "scrape_interval: 1s")
            .replace("127.0.0.1:8080", hub.getAuthority()));
    Files.copy(Expressions.deploy().resolve("prometheus/alerts.yml"), home.resolve("alerts.yml"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + home.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    return new Prometheus(process, port);
  }

  /** Asks for the values of now. */
  Result query(String expression) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:"
                + port
                + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    try {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      if (answer.statusCode() == 503) {
        return new Result(0, "not up yet");
      }
      JsonNode told = new ObjectMapper().readTree(answer.body());
      return new Result(told.at("/data/result").size(), told.path("error").asText(""));
    } catch (ConnectException e) {
      return new Result(0, "not up yet");
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
    process.destroyForcibly();
  }
}
