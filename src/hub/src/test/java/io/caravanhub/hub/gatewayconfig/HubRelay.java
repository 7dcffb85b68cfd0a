package io.caravanhub.hub.gatewayconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravanhub.hub.RunningHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/** Stands between a gateway and the hub's API, and tells what is asked and what was answered. */
final class HubRelay implements AutoCloseable {
  private static final List<String> PASSED =
      List.of(
          "Authorization", "Content-Type", "Content-Encoding", "If-None-Match", "Range", "ETag");

  private final RunningHub hub;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile BiConsumer<String, String> asked = (path, body) -> {};
  private volatile BiConsumer<String, String> answered = (path, body) -> {};

  HubRelay(RunningHub hub) throws IOException {
    this.hub = hub;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Tells path and body of what is asked, before the hub hears of it. */
  void onAsked(BiConsumer<String, String> listener) {
    asked = listener;
  }

  /** Tells path and body of what was answered, when the gateway has the answer. */
  void onAnswered(BiConsumer<String, String> listener) {
    answered = listener;
  }

  void quiet() {
    asked = (path, body) -> {};
    answered = (path, body) -> {};
  }

  private void pass(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      asked.accept(path, new String(body, UTF_8));
      HttpRequest.Builder request =
          HttpRequest.newBuilder(hub.uri(exchange.getRequestURI().toString()))
              .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
      for (String name : PASSED) {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) {
          request.header(name, value);
        }
      }
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      for (String name : PASSED) {
        answer
            .headers()
            .firstValue(name)
            .ifPresent(v -> exchange.getResponseHeaders().set(name, v));
      }
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
      exchange.getResponseBody().write(answer.body());
      exchange.getResponseBody().flush();
      answered.accept(path, new String(answer.body(), UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
