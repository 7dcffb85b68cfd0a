package io.caravanhub.hub.socket;

import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * One open socket. Its frames come one after the other on the container's threads; they are stored
 * side by side up to a bound, and answered in their order.
 */
final class Socket {
  private static final Logger LOG = LoggerFactory.getLogger(Socket.class);

  /** Characters of one frame; 5,000 readings in the longest of the shapes take half of it. */
  private static final int FRAME_MAX = 1 << 20;

  private static final int IN_FLIGHT_MAX = 16;

  private final WebSocketSession session;
  private final Outgoing outgoing;
  private final String token;
  private final Tokens tokens;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final StringBuilder frame = new StringBuilder();
  private CompletableFuture<Boolean> answered = CompletableFuture.completedFuture(true);

  Socket(WebSocketSession session, RemoteEndpoint.Async remote, String token, Tokens tokens) {
    this.session = session;
    // Gone, or does not read its answers; what it sent is stored all the same.
    this.outgoing = new Outgoing(remote, () -> close(CloseStatus.SESSION_NOT_RELIABLE));
    this.token = token;
    this.tokens = tokens;
  }

  /** Who speaks, or empty when the token is not good any more; the socket is then closed. */
  Optional<HubPrincipal> caller() {
    // Let in already: it must not be taken for those who guess tokens behind the same address.
    Optional<HubPrincipal> caller = tokens.authenticate(token, "socket " + session.getId());
    if (caller.isEmpty()) {
      close(CloseStatus.POLICY_VIOLATION.withReason("the token is not valid any more"));
    }
    return caller;
  }

  void receive(String part, boolean last, Sockets.@Nullable Taker taker) {
    if (frame.length() + part.length() > FRAME_MAX) {
      close(CloseStatus.TOO_BIG_TO_PROCESS.withReason("expected at most 1 MiB a frame"));
      frame.setLength(0);
      return;
    }
    frame.append(part);
    if (!last) {
      return;
    }
    String whole = frame.toString();
    frame.setLength(0);
    frame.trimToSize();
    CompletableFuture<String> answer = process(whole, taker);
    // On the thread that tells of the commits: it must not wait for a client.
    answered =
        answered.thenCombine(
            answer,
            (before, text) -> {
              outgoing.send(text);
              return true;
            });
  }

  private CompletableFuture<String> process(String text, Sockets.@Nullable Taker taker) {
    FrameId id = FrameId.of(text);
    if (taker == null) {
      return CompletableFuture.completedFuture(id.problem(503, "the hub is not ready; try again"));
    }
    if (inFlight.incrementAndGet() > IN_FLIGHT_MAX) {
      inFlight.decrementAndGet();
      return CompletableFuture.completedFuture(
          id.problem(429, IN_FLIGHT_MAX + " frames are in flight; wait for their answers"));
    }
    try {
      HubPrincipal caller = caller().orElse(null);
      if (caller == null) {
        inFlight.decrementAndGet();
        return CompletableFuture.completedFuture(
            id.problem(401, "the token is not valid any more"));
      }
      return taker
          .take(caller, id.messages())
          .handle(
              (answer, failure) -> {
                inFlight.decrementAndGet();
                return failure == null ? id.added(answer) : failed(id, failure);
              });
    } catch (DataAccessException e) {
      inFlight.decrementAndGet();
      return CompletableFuture.completedFuture(id.problem(503, "the store is away; try again"));
    }
  }

  private static String failed(FrameId id, Throwable failure) {
    LOG.warn("A frame failed in an unexpected way: {}", failure.toString());
    return id.problem(500, "unexpected; the hub's log has the details");
  }

  private void close(CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException | RuntimeException e) {
      LOG.debug("A socket was gone before it was closed: {}", e.getMessage());
    }
  }
}
