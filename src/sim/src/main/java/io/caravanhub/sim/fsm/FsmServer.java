package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The field-service system's HTTP server on the loopback interface: its API, its faults, its page.
 */
public final class FsmServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FsmServer.class);

  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService threads = Executors.newFixedThreadPool(16);
  private final HttpServer http;
  private final FieldService records;
  private final Disturbance disturbance;
  private final WorkApi work;
  private final AdminApi admin;
  private final byte[] page;

  /**
   * Loads what was kept and starts to listen.
   *
   * @param port 0 for a free one
   * @param directory where records are kept
   */
  public FsmServer(int port, Path directory, Clock clock) throws IOException {
    http = bind(port);
    records = new FieldService(new Ledger(directory.resolve("fsm.jsonl")), clock);
    disturbance = new Disturbance(clock);
    work = new WorkApi(records, Contract.read());
    admin = new AdminApi(records, disturbance);
    page = page();
    http.createContext("/", this::handle);
    http.setExecutor(threads);
    http.start();
  }

  /** Its base URL, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private static byte[] page() throws IOException {
    try (InputStream html = FsmServer.class.getResourceAsStream("page.html")) {
      return Objects.requireNonNull(html, "page.html").readAllBytes();
    }
  }

  private static HttpServer bind(int port) throws IOException {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      throw new IOException("port " + port + " on 127.0.0.1 is in use", e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = new Request(exchange);
      if (request.path().isEmpty()) {
        send(exchange, 200, "text/html; charset=utf-8", page);
        return;
      }
      try {
        send(exchange, answer(request));
      } catch (Problem problem) {
        send(exchange, problem);
      }
    } catch (IOException e) {
      log.info("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestURI(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answer(Request request) throws Problem, IOException, InterruptedException {
    if (admin.serves(request.path())) {
      return admin.answer(request);
    }
    if (!work.serves(request.path())) {
      throw new Problem(404, "Not found", "/" + String.join("/", request.path()));
    }
    admin.countRequest();
    if (!disturbance.outage().isZero()) {
      admin.countRefused();
      throw new Problem(503, "Out of service", "the system is down for maintenance");
    }
    Answer answer = work.answer(request);
    Thread.sleep(disturbance.delay().toMillis());
    return answer;
  }

  private void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    answer.headers().forEach(headers::set);
    send(exchange, answer.status(), "application/json", json.writeValueAsBytes(answer.body()));
  }

  private void send(HttpExchange exchange, Problem problem) throws IOException {
    if (problem.status() == 503) {
      exchange
          .getResponseHeaders()
          .set("Retry-After", Long.toString(disturbance.outage().toSeconds() + 1));
    }
    Map<String, Object> body =
        Map.of(
            "type", "about:blank",
            "title", problem.title(),
            "status", problem.status(),
            "detail", String.valueOf(problem.getMessage()));
    send(exchange, problem.status(), "application/problem+json", json.writeValueAsBytes(body));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() throws IOException {
    http.stop(0);
    threads.shutdownNow();
    records.close();
  }
}
