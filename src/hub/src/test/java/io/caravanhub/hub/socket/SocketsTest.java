package io.caravanhub.hub.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lab devices on a WebSocket, against the whole hub. */
class SocketsTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @Test
  void answersEachFrameOnceItsReadingsAreStored() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      JsonNode answer = lab.ask(message(0));

      assertThat(answer.toString()).isEqualTo("{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
      assertThat(hub.rows(device)).isEqualTo(1);
    }
  }

  @Test
  void answersInTheOrderOfTheFramesWithTheirIds() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      for (int i = 0; i < 10; i++) {
        lab.send("{\"id\":" + i + ",\"messages\":[" + message(i) + "," + message(i + 100) + "]}");
      }
      for (int i = 0; i < 10; i++) {
        JsonNode answer = lab.answer();
        assertThat(answer.path("id").asInt()).isEqualTo(i);
        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
      }
    }
    assertThat(hub.rows(device)).isEqualTo(20);
  }

  @Test
  void takesTheTokenOfABrowserAsASubprotocol() throws Exception {
    try (LabDevice lab = LabDevice.asBrowser(hub, device.token())) {
      assertThat(lab.protocol()).isEqualTo("caravan.v1");
      assertThat(lab.ask(message(0)).path("accepted").asInt()).isEqualTo(1);
    }
  }

  @Test
  void saysWhatIsWrongWithAFrameAndTakesTheNext() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      JsonNode broken = lab.ask("{\"device_id\": ");
      JsonNode wrong =
          lab.ask(
              "{\"id\":\"b\",\"device_id\":\""
                  + device.id()
                  + "\",\"metrics\":{\"temperature\":[]}}");
      JsonNode good = lab.ask(message(0));

      assertThat(broken.path("status").asInt()).isEqualTo(400);
      assertThat(broken.path("detail").asText()).contains("is not JSON");
      assertThat(wrong.path("status").asInt()).isEqualTo(422);
      assertThat(wrong.path("field").asText()).isEqualTo("metrics.temperature");
      assertThat(wrong.path("id").asText()).isEqualTo("b");
      assertThat(good.path("accepted").asInt()).isEqualTo(1);
    }
  }

  @Test
  void doesNotLetADeviceSpeakForAnother() throws Exception {
    Registered other = hub.device("sensor");
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      JsonNode answer = lab.ask(message(0).replace(device.id(), other.id()));

      assertThat(answer.path("status").asInt()).isEqualTo(422);
      assertThat(answer.path("detail").asText()).contains("may not speak for");
      assertThat(hub.rows(other)).isZero();
    }
  }

  @Test
  void refusesTheHandshakeOfAStrangerAndOfAViewer() {
    for (String token : new String[] {"ch_notatokenatall0000", hub.token("default", "viewer")}) {
      assertThatThrownBy(() -> LabDevice.withHeader(hub, token))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }
  }

  @Test
  void endsASocketWhoseTokenIsRevoked() throws Exception {
    try (LabDevice busy = LabDevice.withHeader(hub, device.token());
        LabDevice silent = LabDevice.withHeader(hub, device.token())) {
      busy.ask(message(0));
      hub.post("/api/v1/devices/" + device.id() + "/token", hub.admin(), Map.of());

      busy.send(message(1));

      await().atMost(Duration.ofSeconds(30)).until(busy.closed::isDone);
      assertThat(busy.closed.join()).isEqualTo(1008);
      await().atMost(Duration.ofSeconds(15)).until(silent.closed::isDone);
      assertThat(silent.closed.join()).isEqualTo(1008);
      assertThat(hub.rows(device)).isEqualTo(1);
    }
  }

  @Test
  void refusesAFrameBeyondThoseInFlightAndStoresTheOthers() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      lab.ask(message(1_000));
      hub.toDatabase().delay(Duration.ofMillis(200));
      int frames = 40;
      for (int i = 0; i < frames; i++) {
        lab.send(message(i));
      }
      int accepted = 0;
      int refused = 0;
      for (int i = 0; i < frames; i++) {
        JsonNode answer = lab.answer();
        accepted += answer.path("accepted").asInt();
        refused += answer.path("status").asInt() == 429 ? 1 : 0;
      }
      assertThat(accepted + refused).isEqualTo(frames);
      assertThat(refused).isPositive();
      assertThat(hub.rows(device)).isEqualTo(accepted + 1);
    } finally {
      hub.toDatabase().delay(Duration.ZERO);
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswersKeepsNobodyWaiting() throws Exception {
    Registered other = hub.device("sensor");
    String id = "x".repeat(900_000);
    hub.ingest(other.token(), Map.of("device_id", other.id(), "metrics", Map.of("pressure", 1)));
    try (java.net.Socket deaf = deafClient()) {
      for (int i = 0; i < 12; i++) {
        frame(deaf, "{\"id\":\"" + i + id + "\",\"messages\":[" + message(i) + "]}");
      }
      // One answer fills what the systems hold for a client with so small a window. How many of
      // its frames the hub still reads then is its own affair.
      await().until(() -> hub.rows(device) >= 1);

      CompletableFuture<Answer> answer =
          CompletableFuture.supplyAsync(
              () ->
                  hub.ingest(
                      other.token(),
                      Map.of("device_id", other.id(), "metrics", Map.of("temperature", 1))));

      assertThat(answer).succeedsWithin(Duration.ofSeconds(4));
      assertThat(hub.rows(other)).isEqualTo(2);
    }
  }

  /** Shakes hands, and reads nothing more. */
  private java.net.Socket deafClient() throws IOException {
    URI uri = hub.uri("/api/v1/telemetry/stream");
    java.net.Socket socket = new java.net.Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("127.0.0.1", uri.getPort()));
    String hello =
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(uri.getPath(), device.token());
    socket.getOutputStream().write(hello.getBytes(StandardCharsets.UTF_8));
    socket.getInputStream().read();
    return socket;
  }

  /** A text frame (RFC 6455, 5.2), masked with zeros, which leave it as it is. */
  private static void frame(java.net.Socket socket, String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
    frame.put((byte) 0x81).put((byte) 0xff).putLong(payload.length).putInt(0).put(payload);
    socket.getOutputStream().write(frame.array());
  }

  @Test
  void closesOnAFrameThatIsTooLarge() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      lab.send(" ".repeat((1 << 20) + 1));

      await().atMost(Duration.ofSeconds(30)).until(lab.closed::isDone);
      assertThat(lab.closed.join()).isEqualTo(1009);
    }
  }

  @Test
  void asksToComeBackWhileTheStoreIsAway() throws Exception {
    try (LabDevice lab = LabDevice.withHeader(hub, device.token())) {
      lab.ask(message(0));
      hub.toDatabase().refuse();
      hub.toDatabase().cut();
      // Until then the token is remembered, and the frame waits for the store's own patience.
      await().pollDelay(Duration.ofMillis(2_100)).until(() -> true);

      JsonNode answer = lab.ask(message(1));

      assertThat(answer.path("status").asInt()).isEqualTo(503);
      assertThat(answer.path("retry_after").asInt()).isPositive();
      hub.databaseIsBack();
      assertThat(lab.ask(message(1)).path("accepted").asInt()).isEqualTo(1);
    } finally {
      hub.databaseIsBack();
    }
  }

  private String message(int seconds) {
    return "{\"device_id\":\""
        + device.id()
        + "\",\"timestamp\":\""
        + Instant.parse("2026-01-01T00:00:00Z").plusSeconds(seconds)
        + "\",\"metrics\":{\"temperature\":20}}";
  }
}
