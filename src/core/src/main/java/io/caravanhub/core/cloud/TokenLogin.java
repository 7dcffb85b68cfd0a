package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Clock;
import java.util.Map;

/**
 * Who is asking, for callers other than polls: the headers and query parameters of a declared
 * {@code auth}, and its login when it needs one. Not thread-safe.
 */
public final class TokenLogin {
  private final CloudTokens tokens;

  /** A login, ready to be sent. */
  public record Request(String method, URI uri, Map<String, String> headers, byte[] body) {}

  private TokenLogin(CloudTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * For a declaration as it stands in {@code cloud.yaml} under {@code auth}.
   *
   * @throws CloudDeclarationException when it cannot be used
   */
  public static TokenLogin of(JsonNode auth, CloudAccess access, Clock clock) {
    return new TokenLogin(new CloudTokens(AuthFile.read(new Place("/auth", auth)), access, clock));
  }

  /** Whether there is no token yet, or one that is about to end. */
  public boolean isNeeded() {
    return tokens.isNeeded();
  }

  /** Whether a token that is refused can be replaced. */
  public boolean canRenew() {
    return tokens.canRenew();
  }

  /** The request for a token. */
  public Request request() {
    CloudTokens.Order order = tokens.order();
    return new Request(
        order.method(), order.address().uri(Map.of()), order.address().headers(), order.body());
  }

  /**
   * Keeps what the answer to the login brought.
   *
   * @throws CloudException when there is no token in it
   */
  public void take(byte[] answer) {
    tokens.take(answer);
  }

  /** Headers of every request. */
  public Map<String, String> headers() {
    return tokens.headers();
  }

  /** Query parameters of every request. */
  public Map<String, String> query() {
    return tokens.query();
  }
}
