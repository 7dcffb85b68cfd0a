package io.caravanhub.sim.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The part of a hub's API that a load calls, with a store in which a test can tamper. */
public final class HubStandIn implements AutoCloseable {
  /** What every device and gateway gets. */
  static final String TOKEN = "dev-token";

  /** A stored row. */
  record Row(String device, String metric, long ts, double value) {}

  final List<Row> rows = new CopyOnWriteArrayList<>();
  final Set<String> devices = ConcurrentHashMap.newKeySet();
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** So many requests of any kind are answered with 503 first. */
  final AtomicInteger busy = new AtomicInteger();

  /** Whether readings are acknowledged and forgotten. */
  public volatile boolean forgetful;

  /** Items in a page of an answer. */
  volatile int page = 5_000;

  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final HttpServer server;
  private final Path home;

  /** A hub that runs; its admin token is in the folder. */
  public HubStandIn(Path home) throws IOException {
    this.home = home;
    Files.writeString(home.resolve("admin.token"), "admin\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/v1/", this::serve);
    server.setExecutor(workers);
    server.start();
  }

  /** Where its HTTP port is. */
  public URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  Hub client() {
    return new Hub(base(), home);
  }

  /** Rows as the hub would make them from this message of a device. */
  void store(LoadDevice device, int message, int metrics) {
    long ts = device.ledger().timestamp(message);
    rows.add(new Row(device.serial(), Payloads.SEQUENCE, ts, message));
    for (int i = 1; i < metrics; i++) {
      rows.add(new Row(device.serial(), "load_" + i, ts, i));
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring("/api/v1".length());
    byte[] body = exchange.getRequestBody().readAllBytes();
    calls.add(exchange.getRequestMethod() + " " + path);
    int status = 200;
    Object answer = Map.of();
    if (busy.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      status = 503;
    } else if (path.equals("/gateways")) {
      status = 201;
      answer = Map.of("id", "g-1", "token", TOKEN);
    } else if (path.equals("/devices")) {
      status = devices.add(json.readTree(body).path("device_serial").asText()) ? 201 : 409;
      answer = status == 201 ? Map.of("token", TOKEN) : Map.of("detail", "is there already");
    } else if (path.endsWith("/token")) {
      answer = Map.of("token", "renewed");
    } else if (path.equals("/telemetry/ingest")) {
      status = body[0] == '[' ? 202 : 400;
      answer = status == 202 ? ingest(json.readTree(body)) : Map.of("detail", "is not JSON");
    } else if (path.endsWith("/aggregate")) {
      answer = aggregate(exchange.getRequestURI());
    } else if (path.endsWith("/history")) {
      answer = history(exchange.getRequestURI());
    }
    byte[] bytes = json.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Map<String, Object> ingest(JsonNode messages) {
    for (JsonNode message : messages) {
      for (Map.Entry<String, JsonNode> metric : message.path("metrics").properties()) {
        if (!forgetful) {
          rows.add(
              new Row(
                  message.path("deviceId").asText(),
                  metric.getKey(),
                  message.path("timestamp").asLong(),
                  metric.getValue().asDouble()));
        }
      }
    }
    return Map.of("accepted", messages.size(), "duplicates", 0, "rejected", List.of());
  }

  private Map<String, Object> aggregate(URI uri) {
    Map<String, double[]> sums = new HashMap<>();
    for (Row row : asked(uri)) {
      double[] sum = sums.computeIfAbsent(row.metric, metric -> new double[2]);
      sum[0]++;
      sum[1] += row.value;
    }
    List<Map<String, Object>> items = new ArrayList<>();
    sums.forEach(
        (metric, sum) ->
            items.add(Map.of("metric", metric, "count", (long) sum[0], "value", sum[1])));
    return paged(uri, items);
  }

  private Map<String, Object> history(URI uri) {
    return paged(
        uri,
        asked(uri).stream()
            .map(
                row ->
                    Map.<String, Object>of(
                        "metric", row.metric,
                        "ts", Instant.ofEpochMilli(row.ts).toString(),
                        "value", row.value))
            .toList());
  }

  private List<Row> asked(URI uri) {
    String device = uri.getPath().split("/")[4];
    long from = Instant.parse(query(uri).get("from")).toEpochMilli();
    long to = Instant.parse(query(uri).get("to")).toEpochMilli();
    return rows.stream()
        .filter(row -> row.device.equals(device) && row.ts >= from && row.ts < to)
        .toList();
  }

  private Map<String, Object> paged(URI uri, List<Map<String, Object>> items) {
    int from = Integer.parseInt(query(uri).getOrDefault("cursor", "0"));
    int to = Math.min(items.size(), from + page);
    Map<String, Object> answer = new HashMap<>();
    answer.put("items", items.subList(from, to));
    answer.put("cursor", to < items.size() ? Integer.toString(to) : null);
    return answer;
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String one : uri.getRawQuery().split("&")) {
      String[] pair = one.split("=", 2);
      query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
