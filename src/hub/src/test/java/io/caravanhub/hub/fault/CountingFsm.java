package io.caravanhub.hub.fault;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A field-service system of the hub's own contract that makes a new order of every create, whatever
 * its key, and counts them by problem: asset and failure mode. Thread-safe.
 */
final class CountingFsm implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How it is down. */
  enum Mood {
    WELL,
    /** Nobody listens. */
    GONE,
    /** 503 to everything, and nothing stored. */
    AWAY,
    /** A page with 502 to every create, and nothing stored. */
    PAGE,
    /** No answer to any create, and nothing stored. */
    SILENT,
    /** Every create is stored, and the connection cut. */
    STORES_AND_CUTS
  }

  private final Map<String, ObjectNode> byId = new HashMap<>();
  private final Map<String, List<ObjectNode>> byExternal = new HashMap<>();
  private final Map<String, List<ObjectNode>> byAsset = new HashMap<>();
  private final Map<String, Integer> perProblem = new HashMap<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong creates = new AtomicLong();
  private final int port;
  private volatile Mood mood = Mood.WELL;
  private HttpServer server;
  private ExecutorService threads;

  CountingFsm() throws IOException {
    listen(0);
    port = server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void be(Mood next) throws IOException {
    if (mood == Mood.GONE && next != Mood.GONE) {
      listen(port);
    } else if (next == Mood.GONE && mood != Mood.GONE) {
      unlisten();
    }
    mood = next;
  }

  private void listen(int on) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 200);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  private void unlisten() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      boolean create = exchange.getRequestMethod().equals("POST");
      calls.incrementAndGet();
      Mood now = mood;
      if (now == Mood.AWAY) {
        answer(exchange, 503, "");
      } else if (!create) {
        answer(exchange, 200, found(exchange).toString());
      } else {
        creates.incrementAndGet();
        made(exchange, now, sent);
      }
    }
  }

  private void made(HttpExchange exchange, Mood now, byte[] sent) throws IOException {
    switch (now) {
      case PAGE -> answer(exchange, 502, "<html><body>Bad gateway</body></html>");
      case SILENT -> silence();
      case STORES_AND_CUTS -> store(sent);
      default -> answer(exchange, 201, store(sent).toString());
    }
  }

  private static void silence() {
    try {
      TimeUnit.SECONDS.sleep(30);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized ObjectNode store(byte[] sent) throws IOException {
    ObjectNode order = (ObjectNode) JSON.readTree(sent);
    order.put("id", "WO-" + (byId.size() + 1)).put("status", "acknowledged");
    byId.put(order.path("id").asText(), order);
    String asset = order.at("/assetRef/id").asText();
    byAsset.computeIfAbsent(asset, a -> new ArrayList<>()).add(order);
    String external = order.path("externalIdentifier").asText();
    byExternal.computeIfAbsent(external, e -> new ArrayList<>()).add(order);
    perProblem.merge(problem(asset, order.path("failureModeCode").asText()), 1, Integer::sum);
    return order;
  }

  /** What an order is about. */
  static String problem(String asset, String failureMode) {
    return asset + " " + failureMode;
  }

  private synchronized JsonNode found(HttpExchange exchange) {
    String[] query = String.valueOf(exchange.getRequestURI().getQuery()).split("=", 2);
    ArrayNode list = JSON.createArrayNode();
    switch (query[0]) {
      case "externalIdentifier" -> list.addAll(byExternal.getOrDefault(query[1], List.of()));
      case "assetRef" -> list.addAll(byAsset.getOrDefault(query[1], List.of()));
      default -> {
        String id = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
        ObjectNode order = byId.get(id);
        return order == null ? JSON.createObjectNode() : order;
      }
    }
    return list;
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Calls of any kind. */
  long calls() {
    return calls.get();
  }

  /** Calls that were to make an order. */
  long creates() {
    return creates.get();
  }

  /** How many orders each problem has. */
  synchronized Map<String, Integer> orders() {
    return Map.copyOf(perProblem);
  }

  /** Orders of all. */
  synchronized int size() {
    return byId.size();
  }

  @Override
  public void close() {
    if (mood != Mood.GONE) {
      unlisten();
    }
  }
}
