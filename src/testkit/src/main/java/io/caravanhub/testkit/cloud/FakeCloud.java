package io.caravanhub.testkit.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravanhub.testkit.cloud.Script.Call;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Plays a {@link Script} on a free port of the loopback, with a {@link Fault} or without. A call
 * that the script does not know hears 404 and is remembered. Thread-safe.
 */
public final class FakeCloud implements AutoCloseable {
  /** Round the time of golden files, 2026-01-01T00:00:00Z. */
  private static final String HOUR_AGO = "Wed, 31 Dec 2025 23:00:00 GMT";

  private static final String IN_HOURS = "Thu, 1 Jan 2026 05:00:00 GMT";
  private static final byte[] GARBAGE =
      "<html><body>Bad Gateway</body></html>".getBytes(StandardCharsets.UTF_8);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(FakeCloud::thread);
  private final Script script;
  private final List<String> unexpected = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger guarded = new AtomicInteger();
  private final UnaryOperator<JsonNode> change;
  private volatile Fault fault;

  public FakeCloud(Script script, Fault fault) throws IOException {
    this(script, fault, 0);
  }

  /**
   * @param port 0 for a free one
   */
  public FakeCloud(Script script, Fault fault, int port) throws IOException {
    this(script, fault, port, answer -> answer);
  }

  /**
   * @param change made to each answer as it is given
   */
  public FakeCloud(Script script, Fault fault, int port, UnaryOperator<JsonNode> change)
      throws IOException {
    this.change = change;
    this.script = script;
    this.fault = fault;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "fake-cloud");
    thread.setDaemon(true);
    return thread;
  }

  /** {@code http://127.0.0.1:port}. */
  public String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Everything that was asked: method, path and query. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** What was asked and is not in the script. */
  public List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  /** From now on this is wrong; its count begins anew. */
  public void set(Fault next) {
    guarded.set(0);
    fault = next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      calls.add(asked);
      Call call = find(exchange, body);
      if (call == null) {
        unexpected.add(asked);
        answer(exchange, 404, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
      } else if (!call.open() && !isAuthorized(exchange)) {
        answer(exchange, 401, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
      } else if (call.open() || !spoil(exchange, call)) {
        answer(exchange, call.status(), call.headers(), bytes(call));
      }
    }
  }

  private @org.jspecify.annotations.Nullable Call find(HttpExchange exchange, String body) {
    Map<String, String> query = query(exchange);
    for (Call call : script.calls()) {
      if (call.method().equals(exchange.getRequestMethod())
          && call.path().equals(exchange.getRequestURI().getPath())
          && query.entrySet().containsAll(call.query().entrySet())
          && call.form().stream().allMatch(body::contains)) {
        return call;
      }
    }
    return null;
  }

  private boolean isAuthorized(HttpExchange exchange) {
    return query(exchange).entrySet().containsAll(script.auth().query().entrySet())
        && script.auth().headers().entrySet().stream()
            .allMatch(h -> h.getValue().equals(exchange.getRequestHeaders().getFirst(h.getKey())));
  }

  /** Whether the fault has answered. */
  private boolean spoil(HttpExchange exchange, Call call) throws IOException {
    int nth = guarded.incrementAndGet();
    switch (fault) {
      case UNAUTHORIZED_ONCE -> {
        return nth == 1 && answer(exchange, 401, Map.of(), new byte[0]);
      }
      case UNAUTHORIZED -> {
        return answer(exchange, 401, Map.of(), new byte[0]);
      }
      case TOO_MANY_ONCE -> {
        return nth == 1 && answer(exchange, 429, Map.of("Retry-After", "1"), new byte[0]);
      }
      case TOO_MANY_FOR_LONG -> {
        return answer(exchange, 429, Map.of("Retry-After", "120"), new byte[0]);
      }
      case TOO_MANY -> {
        return answer(exchange, 429, Map.of(), new byte[0]);
      }
      case ERROR_ONCE -> {
        return nth == 1 && answer(exchange, 503, Map.of(), new byte[0]);
      }
      case ERROR -> {
        return answer(exchange, 500, Map.of(), new byte[0]);
      }
      case ERROR_AFTER_FIRST -> {
        return nth > 1 && answer(exchange, 500, Map.of(), new byte[0]);
      }
      case EMPTY -> {
        return answer(exchange, 200, Map.of(), new byte[0]);
      }
      case CLOCK_BEHIND -> {
        return answer(exchange, 429, Map.of("Retry-After", HOUR_AGO), new byte[0]);
      }
      case CLOCK_AHEAD -> {
        return answer(exchange, 429, Map.of("Retry-After", IN_HOURS), new byte[0]);
      }
      case GARBAGE -> {
        return answer(exchange, 200, Map.of(), GARBAGE);
      }
      case TRUNCATED -> {
        byte[] whole = bytes(call);
        exchange.sendResponseHeaders(200, whole.length + 10L);
        exchange.getResponseBody().write(whole, 0, whole.length / 2);
        exchange.getResponseBody().flush();
        return true;
      }
      case SILENT -> {
        silence();
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private static void silence() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] bytes(Call call) {
    JsonNode answer = call.open() ? call.answer() : change.apply(call.answer().deepCopy());
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static boolean answer(
      HttpExchange exchange, int status, Map<String, String> headers, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    headers.forEach(
        (name, value) ->
            exchange
                .getResponseHeaders()
                .set(
                    name,
                    value.replace(
                        "$origin", "http://" + exchange.getRequestHeaders().getFirst("Host"))));
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    return true;
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        String[] parts = pair.split("=", 2);
        query.put(
            URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
            parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
