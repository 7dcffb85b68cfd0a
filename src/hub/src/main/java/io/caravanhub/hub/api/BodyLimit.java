package io.caravanhub.hub.api;

import io.caravanhub.hub.problem.ProblemDocument;
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
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  /** What is read piece by piece, with limits of its own. */
  private static final Set<String> STREAMED =
      Set.of("/api/v1/telemetry/upload", "/api/v1/telemetry/stream");

  private static final Pattern RELEASE = Pattern.compile("/api/v1/gateway-software/[^/]+/file");

  /** The console's own among them are texts sent by a script; its forms have the server's limit. */
  private static final List<String> LIMITED =
      List.of("/api/", "/hooks/", "/mappings/table", "/device-types/-/");

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
    return STREAMED.contains(path)
        || RELEASE.matcher(path).matches()
        || LIMITED.stream().noneMatch(path::startsWith);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Whoever sends a webhook is known only once its body has been read.
    boolean webhook = request.getRequestURI().startsWith("/hooks/");
    int limit = webhook ? webhookLimit : apiLimit;
    if (request.getContentLengthLong() > limit) {
      refuse(response, limit);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(limit + 1);
    if (body.length > limit) {
      refuse(response, limit);
      return;
    }
    String encoding = request.getHeader("Content-Encoding");
    // A webhook's signature is over the bytes as they came.
    if (!webhook && encoding != null && PackedBody.isPacked(encoding)) {
      try {
        body = PackedBody.unpack(body, encoding, limit);
      } catch (PackedBody.Unpackable e) {
        ProblemDocument.write(response, e.status, String.valueOf(e.getMessage()), "body");
        return;
      }
    }
    chain.doFilter(new Buffered(request, body, !webhook), response);
  }

  private static void refuse(HttpServletResponse response, int limit) throws IOException {
    ProblemDocument.write(response, 413, "expected at most " + limit + " bytes", "body");
  }

  private static final class Buffered extends HttpServletRequestWrapper {
    private static final String ENCODING = "Content-Encoding";
    private final ByteArrayInputStream bytes;
    private final int length;
    private final boolean unpacked;

    Buffered(HttpServletRequest request, byte[] body, boolean unpacked) {
      super(request);
      this.bytes = new ByteArrayInputStream(body);
      this.length = body.length;
      this.unpacked = unpacked;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return hides(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      List<String> names = Collections.list(super.getHeaderNames());
      names.removeIf(this::hides);
      return Collections.enumeration(names);
    }

    /** What is unpacked already must not be unpacked again by whoever reads it. */
    private boolean hides(String name) {
      return unpacked && name.equalsIgnoreCase(ENCODING);
    }

    @Override
    public int getContentLength() {
      return length;
    }

    @Override
    public long getContentLengthLong() {
      return length;
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
