package io.caravanhub.hub.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body over the limit with 413, whether its length was announced or not, before anything
 * else reads it.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 10)
class BodyLimit extends OncePerRequestFilter {
  private final int apiLimit;
  private final int webhookLimit;

  BodyLimit(
      @Value("${hub.limits.body-bytes}") int apiLimit,
      @Value("${hub.limits.webhook-bytes:1048576}") int webhookLimit) {
    this.apiLimit = apiLimit;
    this.webhookLimit = webhookLimit;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getRequestURI();
    return !path.startsWith("/api/") && !path.startsWith("/hooks/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Whoever sends a webhook is known only once its body has been read.
    int limit = request.getRequestURI().startsWith("/hooks/") ? webhookLimit : apiLimit;
    if (request.getContentLengthLong() > limit) {
      refuse(response, limit);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(limit + 1);
    if (body.length > limit) {
      refuse(response, limit);
      return;
    }
    chain.doFilter(new Buffered(request, body), response);
  }

  private static void refuse(HttpServletResponse response, int limit) throws IOException {
    response.setStatus(413);
    response.setContentType("application/problem+json");
    String problem =
        "{\"type\":\"about:blank\",\"title\":\"Content Too Large\",\"status\":413,\"detail\":\"expected at most %d bytes\",\"field\":\"body\"}";
    response.getOutputStream().write(problem.formatted(limit).getBytes(StandardCharsets.UTF_8));
  }

  private static final class Buffered extends HttpServletRequestWrapper {
    private final ByteArrayInputStream bytes;

    Buffered(HttpServletRequest request, byte[] body) {
      super(request);
      this.bytes = new ByteArrayInputStream(body);
    }

    @Override
    public BufferedReader getReader() throws UnsupportedEncodingException {
      String charset = getCharacterEncoding();
      return new BufferedReader(
          new InputStreamReader(bytes, charset == null ? StandardCharsets.UTF_8.name() : charset));
    }

    @Override
    public ServletInputStream getInputStream() {
      return new ServletInputStream() {
        @Override
        public int read() {
          return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
          return bytes.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
          return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new UnsupportedOperationException("the body is read already");
        }
      };
    }
  }
}
