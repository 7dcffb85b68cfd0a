package io.caravanhub.hub.console;

import static org.awaitility.Awaitility.await;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A page's live stream, read as a browser does, by somebody who is signed in. */
final class LivePage implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final StringBuffer said = new StringBuffer();
  private final Stream<String> lines;

  private LivePage(Stream<String> lines) {
    this.lines = lines;
    CompletableFuture.runAsync(
        () -> lines.forEach(line -> said.append(line).append('\n')),
        work -> {
          Thread thread = new Thread(work, "live-page");
          thread.setDaemon(true);
          thread.start();
        });
  }

  /** A browser with a cookie jar of its own. */
  static HttpClient browser() {
    return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  }

  /** Opens a stream in a browser that is signed in. */
  static LivePage open(HttpClient browser, URI stream) throws Exception {
    HttpResponse<Stream<String>> answer =
        browser.send(HttpRequest.newBuilder(stream).build(), BodyHandlers.ofLines());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(stream + " answers " + answer.statusCode());
    }
    return new LivePage(answer.body());
  }

  /** Waits until the stream has said this. */
  LivePage says(String text) {
    await(text).atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> said(text));
    return this;
  }

  boolean said(String text) {
    return said.indexOf(text) >= 0;
  }

  /** Forgets what was said up to now. */
  void forget() {
    said.setLength(0);
  }

  @Override
  public void close() {
    lines.close();
  }
}
