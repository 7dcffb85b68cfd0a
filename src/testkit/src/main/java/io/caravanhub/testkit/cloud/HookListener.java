package io.caravanhub.testkit.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes what is posted to a port of the loopback. Thread-safe. */
public final class HookListener implements AutoCloseable {
  private static final int LARGEST = 1024 * 1024;

  private final BlockingQueue<Hook> hooks = new LinkedBlockingQueue<>(1_000);
  private final HttpServer server;

  /**
   * One delivery.
   *
   * @param headers names in small letters
   */
  public record Hook(Map<String, String> headers, byte[] body) {
    /** A header, empty when it is absent. */
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  /**
   * @param port 0 for a free one
   */
  public HookListener(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::take);
    server.start();
  }

  /** {@code http://127.0.0.1:port}. */
  public String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The next delivery. */
  public Hook next() throws InterruptedException {
    return hooks.take();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(LARGEST + 1);
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
      boolean taken =
          exchange.getRequestMethod().equals("POST")
              && body.length <= LARGEST
              && hooks.offer(new Hook(headers, body));
      exchange.sendResponseHeaders(taken ? 202 : body.length > LARGEST ? 413 : 405, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
