package io.caravanhub.hub.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Adds "or anything else" to what a caller of the API accepts. Camel takes the media types of the
 * last response that openapi.yaml tells of an operation, its problem document, for all that the
 * operation can answer; whoever accepts {@code application/json} alone would get a 406.
 */
@Component
class AnyAnswer extends OncePerRequestFilter {
  private static final String ANYTHING_ELSE = ", */*;q=0.01";

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/api/")
        || request.getHeader(HttpHeaders.ACCEPT) == null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String accept = String.join(",", Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
    chain.doFilter(new Accepting(request, accept + ANYTHING_ELSE), response);
  }

  private static final class Accepting extends HttpServletRequestWrapper {
    private final String accept;

    Accepting(HttpServletRequest request, String accept) {
      super(request);
      this.accept = accept;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(HttpHeaders.ACCEPT) ? accept : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return name.equalsIgnoreCase(HttpHeaders.ACCEPT)
          ? Collections.enumeration(List.of(accept))
          : super.getHeaders(name);
    }
  }
}
