package io.caravanhub.hub.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.RunningHub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client of the JDK. */
final class LabDevice implements WebSocket.Listener, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  private LabDevice(WebSocket.Builder builder, URI uri) {
    this.socket = builder.buildAsync(uri, this).join();
  }

  static LabDevice withHeader(RunningHub hub, String token) {
    return new LabDevice(
        HttpClient.newHttpClient().newWebSocketBuilder().header("Authorization", "Bearer " + token),
        uri(hub));
  }

  static LabDevice asBrowser(RunningHub hub, String token) {
    return new LabDevice(
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("caravan.v1", "bearer." + token),
        uri(hub));
  }

  private static URI uri(RunningHub hub) {
    return URI.create(hub.uri("/api/v1/telemetry/stream").toString().replace("http:", "ws:"));
  }

  String protocol() {
    return socket.getSubprotocol();
  }

  void send(String frame) {
    socket.sendText(frame, true).join();
  }

  JsonNode answer() throws InterruptedException, JsonProcessingException {
    return JSON.readTree(String.valueOf(answers.poll(20, TimeUnit.SECONDS)));
  }

  JsonNode ask(String frame) throws InterruptedException, JsonProcessingException {
    send(frame);
    return answer();
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      answers.add(part.toString());
      part.setLength(0);
    }
    webSocket.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
    closed.complete(status);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.completeExceptionally(error);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
