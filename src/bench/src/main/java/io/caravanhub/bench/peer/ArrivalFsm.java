package io.caravanhub.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A field-service system of the hub's own contract that notes when each order came, on the
 * generator's clock. Thread-safe.
 */
public final class ArrivalFsm implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          8,
          task -> {
            Thread thread = new Thread(task, "arrival-fsm");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();
  private final Map<String, List<JsonNode>> byAsset = new ConcurrentHashMap<>();
  private final AtomicInteger orders = new AtomicInteger();
  private final HttpServer server;

  /** Starts it on a free port of loopback. */
  public ArrivalFsm() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Its base address. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** When the order for a device's problem came, by {@code <device> <failure mode>}, in nanos. */
  public Map<String, Long> arrivals() {
    return Map.copyOf(arrivals);
  }

  /** Orders of all, doubles too. */
  public int orders() {
    return orders.get();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      long now = System.nanoTime();
      if (!exchange.getRequestMethod().equals("POST")) {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        ArrayNode list = json.createArrayNode();
        if (query.startsWith("assetRef=")) {
          list.addAll(byAsset.getOrDefault(query.substring(9), List.of()));
        }
        answer(exchange, 200, list.toString());
        return;
      }
      ObjectNode order = (ObjectNode) json.readTree(sent);
      order.put("id", "WO-" + orders.incrementAndGet()).put("status", "acknowledged");
      String asset = order.at("/assetRef/id").asText();
      arrivals.putIfAbsent(asset + " " + order.path("failureModeCode").asText(), now);
      byAsset
          .computeIfAbsent(asset, a -> java.util.Collections.synchronizedList(new ArrayList<>()))
          .add(order);
      answer(exchange, 201, order.toString());
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
