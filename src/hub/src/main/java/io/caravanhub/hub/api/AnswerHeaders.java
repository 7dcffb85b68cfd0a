package io.caravanhub.hub.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets out only the headers that answers of the API and of webhooks have. The headers of a request
 * are headers of the Camel message, and what a route or Camel itself leaves on a message goes out
 * as headers of the answer: a token among them would be told to whoever keeps answers.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 4)
class AnswerHeaders extends OncePerRequestFilter {
  private static final Set<String> KNOWN =
      Set.of(
          "accept-ranges",
          "allow",
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-range",
          "content-security-policy",
          "content-type",
          "etag",
          "last-modified",
          "location",
          "referrer-policy",
          "retry-after",
          "vary",
          "www-authenticate",
          "x-cursor");

  /** A WebSocket's handshake has headers of its own and is no message of Camel's. */
  private static final String STREAM = "/api/v1/telemetry/stream";

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getRequestURI();
    return !path.startsWith("/api/") && !path.startsWith("/hooks/") || path.equals(STREAM);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, new Known(response));
  }

  private static final class Known extends HttpServletResponseWrapper {
    Known(HttpServletResponse response) {
      super(response);
    }

    private static boolean has(String name) {
      return KNOWN.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public void setHeader(String name, String value) {
      if (has(name)) {
        super.setHeader(name, value);
      }
    }

    @Override
    public void addHeader(String name, String value) {
      if (has(name)) {
        super.addHeader(name, value);
      }
    }

    @Override
    public void setIntHeader(String name, int value) {
      if (has(name)) {
        super.setIntHeader(name, value);
      }
    }

    @Override
    public void addIntHeader(String name, int value) {
      if (has(name)) {
        super.addIntHeader(name, value);
      }
    }

    @Override
    public void setDateHeader(String name, long value) {
      if (has(name)) {
        super.setDateHeader(name, value);
      }
    }

    @Override
    public void addDateHeader(String name, long value) {
      if (has(name)) {
        super.addDateHeader(name, value);
      }
    }
  }
}
