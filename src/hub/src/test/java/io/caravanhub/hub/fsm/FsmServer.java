package io.caravanhub.hub.fsm;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A field-service system over real HTTP that counts what it got, and can be made to misbehave. */
final class FsmServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it does with a POST. */
  enum Mood {
    WELL,
    /** 500 without storing. */
    BROKEN,
    /** Stores, and answers 502 as a proxy does that lost the connection. */
    STORES_AND_BREAKS,
    /** 422. */
    REFUSING,
    /** 429 with Retry-After. */
    BUSY,
    /** Stores, and never answers. */
    STORES_AND_STALLS,
    /** Does not store, and never answers. */
    STALLS
  }

  private final int port;
  private final Map<String, ObjectNode> byKey = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private HttpServer server;
  private ExecutorService threads;
  private CountDownLatch stalled = new CountDownLatch(1);
  volatile Mood mood = Mood.WELL;
  volatile boolean knowsNoAssets;

  FsmServer() throws IOException {
    open(0);
    port = server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void stop() {
    stalled.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  void restart() throws IOException {
    stalled = new CountDownLatch(1);
    open(port);
  }

  private void open(int onPort) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort), 50);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean post = exchange.getRequestMethod().equals("POST");
    Mood now = mood;
    synchronized (this) {
      calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      for (String header : exchange.getRequestHeaders().keySet()) {
        if (header.toLowerCase(java.util.Locale.ROOT).startsWith("camel")) {
          calls.add("LEAK " + header);
        }
      }
    }
    if (post && now == Mood.STALLS) {
      stall(exchange);
      return;
    }
    if (post && now == Mood.BUSY) {
      exchange.getResponseHeaders().add("Retry-After", "2");
      answer(exchange, 429, "{\"title\":\"busy\"}");
    } else if (post && now == Mood.BROKEN) {
      answer(exchange, 500, "{\"title\":\"out of order\"}");
    } else if (post && now == Mood.REFUSING) {
      answer(exchange, 422, "{\"title\":\"assetRef.id: unknown asset\"}");
    } else if (post) {
      ObjectNode stored = store(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
      if (now == Mood.STORES_AND_STALLS) {
        stall(exchange);
      } else if (now == Mood.STORES_AND_BREAKS) {
        answer(exchange, 502, "{\"title\":\"bad gateway\"}");
      } else {
        answer(exchange, 201, stored.toString());
      }
    } else if (exchange.getRequestMethod().equals("PATCH")) {
      answer(exchange, 200, patch(id(exchange), body).toString());
    } else if (knowsNoAssets && exchange.getRequestURI().toString().contains("assetRef=")) {
      answer(exchange, 400, "{\"title\":\"assetRef: no such parameter\"}");
    } else if (id(exchange).isEmpty()) {
      answer(exchange, 200, list(exchange.getRequestURI().getQuery()).toString());
    } else {
      answer(exchange, 200, find(id(exchange)).toString());
    }
  }

  private static String id(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().replaceFirst("^/[^/]+/?", "");
  }

  private synchronized ObjectNode find(String id) {
    return byKey.values().stream()
        .filter(order -> order.path("id").asText().equals(id))
        .findFirst()
        .orElseGet(JSON::createObjectNode);
  }

  private synchronized ObjectNode patch(String id, String body) throws IOException {
    ObjectNode order = find(id);
    order.setAll((ObjectNode) JSON.readTree(body));
    return order;
  }

  private synchronized ObjectNode store(String key, String body) throws IOException {
    JsonNode sent = JSON.readTree(body);
    return byKey.computeIfAbsent(
        key, k -> ((ObjectNode) sent.deepCopy()).put("id", "WO-" + (byKey.size() + 1)));
  }

  /** The technician sets the status of every order. */
  synchronized void progress(String status) {
    byKey.values().forEach(order -> order.put("status", status));
  }

  private synchronized ArrayNode list(String query) {
    ArrayNode found = JSON.createArrayNode();
    byKey.values().stream()
        .filter(o -> ("externalIdentifier=" + o.path("externalIdentifier").asText()).equals(query))
        .forEach(found::add);
    return found;
  }

  private void stall(HttpExchange exchange) {
    try {
      stalled.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.getResponseHeaders().add("CamelHttpMethod", "DELETE");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  synchronized List<ObjectNode> orders() {
    return List.copyOf(byKey.values());
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized long posts() {
    return calls.stream().filter(call -> call.startsWith("POST")).count();
  }

  @Override
  public void close() {
    stop();
  }
}
