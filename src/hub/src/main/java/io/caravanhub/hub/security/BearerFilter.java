package io.caravanhub.hub.security;

import io.caravanhub.hub.database.TenantScope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@code Authorization: Bearer <token>}: names the caller and puts the request into the caller's
 * tenant. While the database is away {@code /actuator} knows for an hour those it knew before, so
 * that health and metrics can be read when they matter most; all else is refused with 503.
 */
final class BearerFilter extends OncePerRequestFilter {
  private final Tokens tokens;

  BearerFilter(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<HubPrincipal> principal;
    try {
      principal =
          BearerToken.of(request)
              .flatMap(token -> tokens.authenticate(token, request.getRemoteAddr()));
    } catch (DataAccessException e) {
      boolean isActuator = request.getRequestURI().startsWith("/actuator/");
      principal =
          isActuator
              ? BearerToken.of(request).flatMap(t -> tokens.lastKnown(t, System.nanoTime()))
              : Optional.empty();
      // From this machine no token is needed there.
      if (principal.isEmpty() && !(isActuator && Loopback.is(request))) {
        Problems.away(response);
        return;
      }
    }
    if (principal.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    SecurityContextHolder.getContext().setAuthentication(new Caller(principal.get()));
    TenantScope.enter(principal.get().tenant());
    try {
      chain.doFilter(request, response);
    } finally {
      TenantScope.leave();
    }
  }
}
