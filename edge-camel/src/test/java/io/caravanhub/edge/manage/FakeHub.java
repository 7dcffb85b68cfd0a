package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravanhub.core.bundle.Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** The hub's side of configuration and software, over real HTTP. */
final class FakeHub implements AutoCloseable {
  static final String GATEWAY = "GW-1";
  private static final ObjectMapper JSON = new ObjectMapper();

  final HttpServer server;
  final List<String> reports = new CopyOnWriteArrayList<>();
  final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  final List<String> ranges = new CopyOnWriteArrayList<>();
  volatile int version;
  volatile Map<String, String> files = Map.of();
  volatile String sha256 = "";
  volatile boolean away;
  volatile Map<String, Object> release = Map.of();
  volatile byte[] file = new byte[0];

  /** How much of the file is sent before the connection breaks; all of it when negative. */
  volatile int breaksAt = -1;

  /** How the path ends whose answer begins and never goes on, on a connection that stays. */
  volatile String hangs = "none";

  private final CountDownLatch closed = new CountDownLatch(1);

  FakeHub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void publish(int number, Map<String, String> content) {
    files = content;
    sha256 = Bundle.of(content).sha256();
    version = number;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (away) {
        exchange.sendResponseHeaders(503, -1);
      } else if (path.endsWith("/report")) {
        JsonNode report = JSON.readTree(body);
        bodies.add(report);
        reports.add(report.path("version").asText() + " " + report.path("state").asText());
        send(exchange, 200, Map.of());
      } else if (path.endsWith("/software") && path.endsWith(hangs)) {
        exchange.sendResponseHeaders(200, 100);
        exchange.getResponseBody().write('{');
        hang(exchange);
      } else if (path.endsWith("/configuration")) {
        configuration(exchange);
      } else if (path.endsWith("/software")) {
        Map<String, Object> answer = new LinkedHashMap<>(release);
        answer.putIfAbsent("version", null);
        send(exchange, 200, answer);
      } else if (path.endsWith("/file")) {
        file(exchange);
      } else if (path.endsWith("/enrol")) {
        enrol(exchange, JSON.readTree(body));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void configuration(HttpExchange exchange) throws IOException {
    String tag = '"' + String.valueOf(version) + '"';
    exchange.getResponseHeaders().set("ETag", tag);
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    send(exchange, 200, Map.of("version", version, "sha256", sha256, "files", files));
  }

  private void file(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    ranges.add(String.valueOf(range));
    int to = breaksAt < 0 ? file.length : Math.min(file.length, from + breaksAt);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
    exchange.getResponseBody().write(file, from, to - from);
    if (hangs.equals("/file")) {
      hang(exchange);
    }
  }

  private void hang(HttpExchange exchange) throws IOException {
    exchange.getResponseBody().flush();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void enrol(HttpExchange exchange, JsonNode body) throws IOException {
    bodies.add(body);
    if (!body.path("code").asText().equals("GOOD")) {
      send(exchange, 400, Map.of("field", "code", "detail", "is not a code of this hub"));
      return;
    }
    send(
        exchange,
        200,
        Map.of(
            "gateway", GATEWAY,
            "tenant", "acme",
            "certificate", "CERTIFICATE",
            "authorities", "AUTHORITIES",
            "token", "secret-token",
            "mqtt", "ssl://hub.example:8883"));
  }

  private static void send(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
