package io.caravanhub.hub.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A path that does not take a method says so in a problem document: Camel answers 405 by itself,
 * before any route, with whatever the body was.
 */
@Component
class MethodProblems extends OncePerRequestFilter {
  private static final int NOT_ALLOWED = 405;

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/api/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, new Explained(response, request.getMethod()));
  }

  /** Writes the problem as soon as the status is set, and takes no other body then. */
  private static final class Explained extends HttpServletResponseWrapper {
    private final String method;
    private boolean told;

    Explained(HttpServletResponse response, String method) {
      super(response);
      this.method = method;
    }

    @Override
    public void setStatus(int status) {
      super.setStatus(status);
      if (status != NOT_ALLOWED || told || isCommitted()) {
        return;
      }
      String problem =
          "{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\",\"status\":405,\"detail\":\"this path takes"
              + " no "
              + method
              + "; the header Allow says what it takes\"}";
      try {
        super.resetBuffer();
        super.setContentType("application/problem+json");
        super.getOutputStream().write(problem.getBytes(StandardCharsets.UTF_8));
        told = true;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public void setContentType(String type) {
      if (!told) {
        super.setContentType(type);
      }
    }

    @Override
    public void setHeader(String name, String value) {
      if (!told || !isOfBody(name)) {
        super.setHeader(name, value);
      }
    }

    @Override
    public void addHeader(String name, String value) {
      if (!told || !isOfBody(name)) {
        super.addHeader(name, value);
      }
    }

    private static boolean isOfBody(String name) {
      return name.regionMatches(true, 0, "content-", 0, "content-".length());
    }

    @Override
    public void setContentLength(int length) {
      if (!told) {
        super.setContentLength(length);
      }
    }

    @Override
    public void setContentLengthLong(long length) {
      if (!told) {
        super.setContentLengthLong(length);
      }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      return told ? new Nowhere() : super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      return told ? new PrintWriter(Writer.nullWriter()) : super.getWriter();
    }
  }

  private static final class Nowhere extends ServletOutputStream {
    @Override
    public void write(int b) {
      // The problem document is the body.
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new IllegalStateException("written already");
    }
  }
}
