package io.caravanhub.core.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GatedHttpTest {
  private static final HostGate STRICT = new HostGate(false, "HUB_X");
  private static final HostGate OPEN = new HostGate(true, "HUB_X");

  @Test
  void aServerOnTheLoopbackHearsNothingUnlessItMay() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          heard.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThatThrownBy(() -> send(new GatedHttp(STRICT, 1024), address))
          .isInstanceOf(GatedHttp.NoAnswerException.class)
          .hasMessageContaining("HUB_X=true");
      assertThat(heard).hasValue(0);
      assertThat(send(new GatedHttp(OPEN, 1024), address).status()).isEqualTo(204);
    } finally {
      server.stop(0);
    }
  }

  private static GatedHttp.Answer send(GatedHttp http, String address)
      throws GatedHttp.NoAnswerException {
    return http.send("GET", URI.create(address), Map.of(), new byte[0], Duration.ofSeconds(5));
  }
}
