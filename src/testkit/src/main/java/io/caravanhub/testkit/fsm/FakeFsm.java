package io.caravanhub.testkit.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Plays a {@link FsmScript} on a free port of the loopback, with a {@link FsmFault} on the calls
 * that make an order or without. Thread-safe.
 */
public final class FakeFsm implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE = "<!DOCTYPE html><html><body>One moment, please</body></html>";
  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(FakeFsm::thread);
  private final FsmScript script;
  private final ObjectNode objects;
  private final List<String> calls = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger faults = new AtomicInteger();
  private volatile FsmFault fault = FsmFault.NONE;
  private @Nullable Runnable late;
  private int next = 1000;

  public FakeFsm(FsmScript script) throws IOException {
    this.script = script;
    this.objects = JSON.createObjectNode();
    script.at("/objects").properties().forEach(c -> c.getValue().forEach(o -> keep(c.getKey(), o)));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "fake-fsm");
    thread.setDaemon(true);
    return thread;
  }

  /** {@code http://127.0.0.1:port}. */
  public String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** So many of the next calls that make an order go wrong in this way. */
  public void fail(FsmFault how, int times) {
    fault = how;
    faults.set(times);
  }

  /** Method and path of everything that was asked. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** The objects of a collection. */
  public synchronized List<JsonNode> objects(String collection) {
    List<JsonNode> list = new ArrayList<>();
    objects.path(collection).forEach(o -> list.add(o.deepCopy()));
    return list;
  }

  /** Puts an object in, as a person does at the product. */
  public synchronized void add(String collection, JsonNode object) {
    keep(collection, object);
  }

  /** Changes every object of a collection, as a person does at the product. */
  public synchronized void change(String collection, String expression) {
    for (JsonNode object : objects.path(collection)) {
      ObjectNode input = JSON.createObjectNode().put("now", Instant.now().toString());
      input.set("object", object);
      JsonNode patch = script.evaluate(expression, input);
      if (patch != null) {
        ((ObjectNode) object).setAll((ObjectNode) patch);
      }
    }
  }

  private void keep(String collection, JsonNode object) {
    ArrayNode all = objects.withArray(collection);
    all.add(((ObjectNode) object.deepCopy()).put("_n", all.size()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      synchronized (this) {
        calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      }
      Reply reply = tried(exchange, sent);
      if (reply == null) {
        return;
      }
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** A script that fails is a broken product; its calls show why. */
  private @Nullable Reply tried(HttpExchange exchange, byte[] sent) throws IOException {
    try {
      return reply(exchange, sent);
    } catch (RuntimeException e) {
      synchronized (this) {
        calls.add("SCRIPT " + e);
      }
      return new Reply(599, String.valueOf(e), Map.of());
    }
  }

  private record Reply(int status, String body, Map<String, String> headers) {
    static Reply json(int status, @Nullable JsonNode body) {
      return new Reply(
          status,
          body == null || body.isMissingNode() ? "" : body.toString(),
          Map.of("Content-Type", "application/json"));
    }

    static Reply page(int status) {
      return new Reply(status, PAGE, Map.of("Content-Type", "text/html"));
    }
  }

  private @Nullable Reply reply(HttpExchange exchange, byte[] sent) throws IOException {
    for (JsonNode call : script.at("/calls")) {
      ObjectNode input = input(exchange, call.path("call").asText(), sent);
      if (input != null && applies(call, input)) {
        if (!call.path("open").asBoolean() && !isAuthorized(input)) {
          return Reply.json(script.at("/auth/status").asInt(401), script.at("/auth/answer"));
        }
        boolean makes = call.has("create");
        if (makes && appears() && !script.at("/exists").isMissingNode()) {
          return declared("/exists");
        }
        FsmFault now =
            makes && faults.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? fault : FsmFault.NONE;
        return spoiled(now, call, input);
      }
    }
    return Reply.json(404, JSON.createObjectNode().put("message", "no such path"));
  }

  private boolean applies(JsonNode call, ObjectNode input) {
    return !call.has("when") || isTrue(call.path("when").asText(), input);
  }

  /** What was to be done late is done now. */
  private synchronized boolean appears() {
    Runnable now = late;
    late = null;
    if (now != null) {
      now.run();
    }
    return now != null;
  }

  private synchronized void later(Runnable done) {
    late = done;
  }

  private @Nullable Reply spoiled(FsmFault now, JsonNode call, ObjectNode input) {
    Reply own =
        switch (now) {
          case PAGE,
              CUT,
              REDIRECT,
              ERROR_BODY,
              BROKEN,
              AWAY,
              REJECTED,
              LIMITED,
              EXISTS,
              LATE_AND_SILENT ->
              null;
          default -> play(call, input);
        };
    return switch (now) {
      case PAGE, DONE_AND_PAGE -> Reply.page(200);
      case CUT, DONE_AND_CUT -> null;
      case DONE_AND_SILENT -> {
        await();
        yield null;
      }
      case LATE_AND_SILENT -> {
        later(() -> play(call, input));
        await();
        yield null;
      }
      case EXISTS -> declared("/exists");
      case DONE_AND_BAD_GATEWAY -> Reply.page(502);
      case DONE_AND_EMPTY -> Reply.json(204, null);
      case DONE_AND_HUGE ->
          Reply.json(200, JSON.createObjectNode().put("text", "x".repeat(6_000_000)));
      case REDIRECT -> new Reply(302, "", Map.of("Location", origin() + "/login"));
      case ERROR_BODY -> Reply.json(200, JSON.createObjectNode().put("message", "try again later"));
      case BROKEN -> Reply.json(500, null);
      case AWAY -> Reply.json(503, null);
      case DONE_AND_AWAY -> new Reply(503, "upstream connect error or disconnect/reset", Map.of());
      case REJECTED -> declared("/rejected");
      case LIMITED -> declared("/limited");
      case DONE_AND_WRONG ->
          Reply.json(
              own == null ? 200 : own.status(),
              script.evaluate(script.at("/wrong").asText(), input));
      case NONE -> own;
    };
  }

  private Reply declared(String pointer) {
    return Reply.json(script.at(pointer + "/status").asInt(), script.at(pointer + "/answer"));
  }

  private synchronized Reply play(JsonNode call, ObjectNode input) {
    input.set("objects", objects.deepCopy());
    input.put("next", ++next).put("now", Instant.now().toString());
    for (JsonNode refusal : call.path("refuse")) {
      if (isTrue(refusal.path("if").asText(), input)) {
        return Reply.json(refusal.path("status").asInt(), refusal.path("answer"));
      }
    }
    boolean made = false;
    JsonNode change = call.has("create") ? call.path("create") : call.path("update");
    if (!change.isMissingNode()) {
      JsonNode found =
          change.has("find") ? script.evaluate(change.path("find").asText(), input) : null;
      JsonNode stored = found == null ? null : stored(change.path("in").asText(), found);
      if (stored == null && call.has("create")) {
        keep(
            change.path("in").asText(),
            java.util.Objects.requireNonNull(
                script.evaluate(change.path("as").asText(), input), "create/as"));
        ArrayNode all = objects.withArray(change.path("in").asText());
        stored = all.get(all.size() - 1);
        made = true;
      } else if (stored != null && change.has("with")) {
        input.set("object", stored.deepCopy());
        JsonNode patch = script.evaluate(change.path("with").asText(), input);
        if (patch != null) {
          ((ObjectNode) stored).setAll((ObjectNode) patch);
        }
      }
      if (stored == null) {
        return Reply.json(script.at("/absent/status").asInt(404), script.at("/absent/answer"));
      }
      input.set("object", stored.deepCopy());
      input.set("objects", objects.deepCopy());
    }
    JsonNode answer =
        call.has("answer") ? script.evaluate(call.path("answer").asText(), input) : null;
    if (answer == null && call.path("one").asBoolean()) {
      return Reply.json(script.at("/absent/status").asInt(404), script.at("/absent/answer"));
    }
    int status = call.path("status").asInt(200);
    return Reply.json(!made && call.has("again") ? call.path("again").asInt() : status, answer);
  }

  private @Nullable JsonNode stored(String collection, JsonNode found) {
    JsonNode first = found.isArray() ? found.get(0) : found;
    return first == null ? null : objects.withArray(collection).get(first.path("_n").asInt());
  }

  private boolean isTrue(String expression, JsonNode input) {
    JsonNode result = script.evaluate(expression, input);
    return result != null && result.asBoolean();
  }

  private boolean isAuthorized(ObjectNode input) {
    for (Map.Entry<String, JsonNode> header : script.at("/auth/headers").properties()) {
      String key = header.getKey().toLowerCase(java.util.Locale.ROOT);
      if (!header.getValue().asText().equals(input.path("headers").path(key).asText())) {
        return false;
      }
    }
    return !script.at("/auth").has("if") || isTrue(script.at("/auth/if").asText(), input);
  }

  /** What expressions see, or null when the call is another. */
  private static @Nullable ObjectNode input(HttpExchange exchange, String call, byte[] sent)
      throws IOException {
    String[] parts = call.split(" ", 2);
    Matcher path =
        Pattern.compile(
                PLACE
                    .matcher(parts[1].replace("(", "\\(").replace(")", "\\)").replace(".", "\\."))
                    .replaceAll("(?<$1>[^/]+?)"))
            .matcher(exchange.getRequestURI().getPath());
    if (!parts[0].equals(exchange.getRequestMethod()) || !path.matches()) {
      return null;
    }
    ObjectNode input = JSON.createObjectNode();
    ObjectNode places = input.putObject("path");
    Matcher names = PLACE.matcher(parts[1]);
    while (names.find()) {
      places.put(names.group(1), path.group(names.group(1)));
    }
    ObjectNode query = input.putObject("query");
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        String[] one = pair.split("=", 2);
        query.put(
            URLDecoder.decode(one[0], StandardCharsets.UTF_8),
            one.length == 1 ? "" : URLDecoder.decode(one[1], StandardCharsets.UTF_8));
      }
    }
    ObjectNode headers = input.putObject("headers");
    exchange
        .getRequestHeaders()
        .forEach((n, v) -> headers.put(n.toLowerCase(java.util.Locale.ROOT), v.get(0)));
    JsonNode body = sent.length == 0 ? null : body(sent);
    input.set("body", body == null ? JSON.nullNode() : body);
    return input;
  }

  private static @Nullable JsonNode body(byte[] sent) {
    try {
      return JSON.readTree(sent);
    } catch (IOException e) {
      return JSON.getNodeFactory().textNode(new String(sent, StandardCharsets.UTF_8));
    }
  }

  private void await() {
    try {
      closing.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
