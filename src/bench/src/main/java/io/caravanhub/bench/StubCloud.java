package io.caravanhub.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A cloud in the shape of the connector {@code tarn} for any number of accounts: {@code
 * /<account>/<rooms>/v1/rooms} answers so many rooms of that account. Thread-safe.
 */
final class StubCloud implements AutoCloseable {
  private static final String ROOM =
      "{\"id\":\"%s-%d\",\"name\":\"Room %d\",\"model\":\"TH-2\",\"firmware\":\"1.4.0\",\"at\":\"%s\","
          + "\"climate\":{\"roomTemperature\":%.1f,\"setpoint\":23.0,\"humidity\":46.5,\"co2Ppm\":640},"
          + "\"battery\":93,\"alarms\":[]}";

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "stub-cloud");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** When an account was asked for. */
  record Call(String account, Instant at) {}

  StubCloud() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The {@code base_url} of a connection. */
  String address(String account, int rooms) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + account + "/" + rooms;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Instant now = Instant.now();
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/");
      calls.add(new Call(path[1], now));
      StringBuilder body = new StringBuilder("{\"rooms\":[");
      int rooms = Integer.parseInt(path[2]);
      for (int i = 1; i <= rooms; i++) {
        body.append(i == 1 ? "" : ",")
            .append(String.format(java.util.Locale.ROOT, ROOM, path[1], i, i, now, 20 + i % 50 / 10.0));
      }
      byte[] bytes = body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
