package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.Template;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands on the loopback between a poll and its cloud and remembers what was said. Thread-safe.
 *
 * <p>What signs the name of the host, such as AWS SigV4, does not get through it.
 */
final class Relay implements AutoCloseable {
  private static final Set<String> NOT_PASSED =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ExecutorService threads = Executors.newCachedThreadPool(Relay::thread);
  private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String base;
  private final String login;

  /**
   * @param cloud with every address where it really is
   * @param settings fills the address of the login in
   */
  Relay(Cloud cloud, Function<String, @Nullable String> settings) throws IOException {
    this.base = Template.fill(cloud.base(), settings);
    this.login =
        cloud.auth().login() == null ? "" : Template.fill(cloud.auth().login().url(), settings);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    return thread;
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Exchange> exchanges() {
    return List.copyOf(exchanges);
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      URI asked = exchange.getRequestURI();
      boolean token = !login.isEmpty() && path(login).equals(asked.getRawPath());
      String there = origin(token ? login : base);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(there + asked))
              .timeout(PATIENCE)
              .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> request.header(name, value));
                }
              });
      HttpResponse<byte[]> answer;
      try {
        answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        exchange.sendResponseHeaders(502, -1);
        return;
      }
      Map<String, String> headers = headers(answer, there);
      exchanges.add(
          new Exchange(
              exchange.getRequestMethod(),
              asked.getPath(),
              query(asked),
              token,
              answer.statusCode(),
              headers,
              read(answer.body())));
      headers.forEach(
          (name, value) ->
              exchange.getResponseHeaders().set(name, value.replace("$origin", origin())));
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  /** What the hub may look at; addresses of the cloud's own as {@code $origin}. */
  private static Map<String, String> headers(HttpResponse<byte[]> answer, String there) {
    Map<String, String> kept = new LinkedHashMap<>();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (name.toLowerCase(Locale.ROOT).matches("etag|link|retry-after|.*rate.?limit.*")) {
                kept.put(name, String.join(", ", values).replace(there, "$origin"));
              }
            });
    return kept;
  }

  private com.fasterxml.jackson.databind.JsonNode read(byte[] body) {
    try {
      return json.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static Map<String, String> query(URI asked) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = asked.getRawQuery();
    for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String origin(String address) {
    return address.replaceFirst("^(https?://[^/]+).*", "$1");
  }

  private static String path(String address) {
    return URI.create(address).getRawPath();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
