package io.caravanhub.hub.socket;

import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.websocket.RemoteEndpoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * The open sockets of devices and gateways, and the route that takes their frames. A socket ends
 * when its token is revoked: at its next frame, or within ten seconds. Thread-safe.
 */
@Component
public class Sockets extends TextWebSocketHandler {
  /** Handshake attribute with the caller's token. */
  static final String TOKEN = "hub.token";

  private static final int OPEN_MAX = 2_000;
  private static final long SEND_MILLIS = 5_000;
  private static final long LOOK_AGAIN_MILLIS = 10_000;

  private final Tokens tokens;
  private final Map<String, Socket> open = new ConcurrentHashMap<>();
  private volatile @Nullable Taker taker;

  Sockets(Tokens tokens, MeterRegistry meters) {
    this.tokens = tokens;
    Gauge.builder("hub.sockets.open", open, Map::size).register(meters);
  }

  /** What a route does with a frame; completes with the answer, after the commit. */
  interface Taker {
    CompletableFuture<String> take(HubPrincipal caller, String frame);
  }

  void listen(Taker route) {
    taker = route;
  }

  void silence() {
    taker = null;
  }

  @Override
  public boolean supportsPartialMessages() {
    return true;
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) throws Exception {
    String token = (String) session.getAttributes().get(TOKEN);
    if (token == null || open.size() >= OPEN_MAX) {
      session.close(
          token == null
              ? CloseStatus.POLICY_VIOLATION.withReason("no token")
              : CloseStatus.SERVICE_OVERLOAD.withReason("too many sockets are open"));
      return;
    }
    RemoteEndpoint.Async remote =
        ((StandardWebSocketSession) session).getNativeSession().getAsyncRemote();
    remote.setSendTimeout(SEND_MILLIS);
    open.put(session.getId(), new Socket(session, remote, token, tokens));
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message) {
    Socket socket = open.get(session.getId());
    if (socket != null) {
      socket.receive(message.getPayload(), message.isLast(), taker);
    }
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    open.remove(session.getId());
  }

  /** Ends the sockets that sit silent on a token that was revoked. */
  @Scheduled(fixedDelay = LOOK_AGAIN_MILLIS)
  void endTheRevoked() {
    try {
      open.values().forEach(Socket::caller);
    } catch (DataAccessException e) {
      // Tokens cannot be checked while the database is away; frames are not stored either.
      return;
    }
  }
}
