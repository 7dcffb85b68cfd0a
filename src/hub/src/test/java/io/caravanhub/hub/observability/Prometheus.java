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
import java.util.stream.StreamSupport;

/** A Prometheus that scrapes a hub, with the configuration and the alert rules of deploy/. */
public final class Prometheus implements AutoCloseable {
  private static final Result NOT_UP = new Result(0, Double.NaN, "not up yet");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  /**
   * @param highest of the series; NaN when there is none
   * @param error empty when it was answered
   */
  public record Result(int series, double highest, String error) {}

  private Prometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it; without Prometheus the test is skipped.
   *
   * @param every between two scrapes, as {@code 1s}
   * @param folder for its configuration, data and log
   */
  public static Prometheus scraping(URI hub, String every, Path folder) throws IOException {
    Path program = Programs.require("prometheus", "prometheus");
    Path home = Files.createDirectory(folder.resolve("prometheus"));
    Path config = home.resolve("prometheus.yml");
    Files.writeString(
        config,
        Files.readString(Expressions.deploy().resolve("prometheus/local.yml"))
            .replace("scrape_interval: 15s", "scrape_interval: " + every)
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
  public Result query(String expression) throws IOException, InterruptedException {
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
        return NOT_UP;
      }
      JsonNode told = new ObjectMapper().readTree(answer.body());
      JsonNode series = told.at("/data/result");
      double highest =
          StreamSupport.stream(series.spliterator(), false)
              .mapToDouble(one -> one.at("/value/1").asDouble())
              .filter(value -> !Double.isNaN(value))
              .max()
              .orElse(Double.NaN);
      return new Result(series.size(), highest, told.path("error").asText(""));
    } catch (ConnectException e) {
      return NOT_UP;
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
    process.destroyForcibly();
  }
}
