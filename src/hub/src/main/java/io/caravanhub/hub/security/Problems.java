package io.caravanhub.hub.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** 401 and 403 as RFC 9457 problem documents. */
final class Problems implements AuthenticationEntryPoint, AccessDeniedHandler {

  AuthorizationDecision decide(boolean granted) {
    return new AuthorizationDecision(granted);
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
      throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer");
    write(response, 401, "Unauthorized", "a valid token is needed: Authorization: Bearer <token>");
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException cause)
      throws IOException {
    write(response, 403, "Forbidden", "this token's role may not do that");
  }

  /** 503: tokens cannot be checked while the database is away. */
  static void away(HttpServletResponse response) throws IOException {
    response.setHeader("Retry-After", "2");
    write(response, 503, "Service Unavailable", "the store is away; try again", "");
  }

  private static void write(HttpServletResponse response, int status, String title, String detail)
      throws IOException {
    write(response, status, title, detail, ",\"field\":\"/Authorization\"");
  }

  private static void write(
      HttpServletResponse response, int status, String title, String detail, String field)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/problem+json");
    String body = "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"%s}";
    response
        .getOutputStream()
        .write(body.formatted(title, status, detail, field).getBytes(StandardCharsets.UTF_8));
  }
}
