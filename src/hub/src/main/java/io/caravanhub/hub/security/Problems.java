package io.caravanhub.hub.security;

import io.caravanhub.hub.problem.ProblemDocument;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** 401 and 403 as RFC 9457 problem documents. */
final class Problems implements AuthenticationEntryPoint, AccessDeniedHandler {
  private static final String FIELD = "/Authorization";

  AuthorizationDecision decide(boolean granted) {
    return new AuthorizationDecision(granted);
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
      throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer");
    ProblemDocument.write(
        response, 401, "a valid token is needed: Authorization: Bearer <token>", FIELD);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException cause)
      throws IOException {
    ProblemDocument.write(response, 403, "this token's role may not do that", FIELD);
  }

  /** 503: tokens cannot be checked while the database is away. */
  static void away(HttpServletResponse response) throws IOException {
    response.setHeader("Retry-After", "2");
    ProblemDocument.write(response, 503, "the store is away; try again", null);
  }
}
