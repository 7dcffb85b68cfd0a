package io.caravanhub.sim.oem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.caravanhub.sim.device.SendQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookLinkTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  private record Call(String path, String timestamp, String signature, String body) {}

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private volatile int status = 202;
  private HttpServer hub;
  private WebhookLink link;

  @BeforeEach
  void start() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext(
        "/",
        exchange -> {
          calls.add(
              new Call(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("X-Kestrel-Timestamp"),
                  exchange.getRequestHeaders().getFirst("X-Kestrel-Signature"),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    hub.start();
    URI hook =
        URI.create("http://127.0.0.1:" + hub.getAddress().getPort() + "/hooks/default/kestrel");
    link = new WebhookLink(hook, "s3cret", NOON);
  }

  @AfterEach
  void stop() {
    hub.stop(0);
  }

  @Test
  void theSignatureIsTheHmacOfTimeStampFullStopAndBody() throws Exception {
    link.send("{\"a\":1}".getBytes(UTF_8));

    // printf '1795176000.{"a":1}' | openssl dgst -sha256 -hmac s3cret
    assertThat(calls)
        .containsExactly(
            new Call(
                "/hooks/default/kestrel",
                "1795176000",
                "c46a4dc4d16918d504d47399155c61460303ca9304b7a4d0fe5828b1863b1df1",
                "{\"a\":1}"));
  }

  @Test
  void anAnswerThatIsNotTwoHundredIsNoAcknowledgement() {
    status = 503;

    assertThatThrownBy(() -> link.send(new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 503");
  }

  @Test
  void theCloudSendsAgainUntilTheHubTakesIt() {
    status = 429;
    try (SendQueue queue = new SendQueue("RTU-3", link, 10)) {
      queue.offer("first".getBytes(UTF_8));
      queue.offer("second".getBytes(UTF_8));
      await().until(() -> calls.size() >= 2);
      assertThat(calls).allMatch(call -> call.body().equals("first"));
      status = 200;

      await().until(() -> queue.size() == 0);
      assertThat(calls.get(calls.size() - 1).body()).isEqualTo("second");
    }
  }
}
