package io.caravanhub.hub.socket;

import io.caravanhub.hub.security.BearerToken;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.standard.TomcatRequestUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** Opens {@code GET /api/v1/telemetry/stream} for WebSocket handshakes. */
@Configuration(proxyBeanMethods = false)
class SocketConfiguration {

  // Not @EnableWebSocket: it brings a scheduler that takes the place of the hub's own.
  @Bean
  SimpleUrlHandlerMapping socketMapping(Sockets sockets) {
    DefaultHandshakeHandler handshake =
        new DefaultHandshakeHandler(new TomcatRequestUpgradeStrategy());
    handshake.setSupportedProtocols(BearerToken.PROTOCOL);
    WebSocketHttpRequestHandler handler = new WebSocketHttpRequestHandler(sockets, handshake);
    handler.setHandshakeInterceptors(List.of(new KeepToken()));
    return new SimpleUrlHandlerMapping(Map.of("/api/v1/telemetry/stream", handler), -1);
  }

  /** The filter chain let the token in; the socket keeps it, to notice when it is revoked. */
  private static final class KeepToken implements HandshakeInterceptor {
    @Override
    public boolean beforeHandshake(
        ServerHttpRequest request,
        ServerHttpResponse response,
        WebSocketHandler handler,
        Map<String, Object> attributes) {
      if (request instanceof ServletServerHttpRequest servlet) {
        BearerToken.of(servlet.getServletRequest())
            .ifPresent(token -> attributes.put(Sockets.TOKEN, token));
      }
      return true;
    }

    @Override
    @SuppressWarnings("NullAway") // Spring gives null where nothing went wrong.
    public void afterHandshake(
        ServerHttpRequest request,
        ServerHttpResponse response,
        WebSocketHandler handler,
        Exception failure) {}
  }
}
