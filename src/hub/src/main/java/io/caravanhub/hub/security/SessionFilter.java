package io.caravanhub.hub.security;

import io.caravanhub.hub.database.TenantScope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The console's session: {@code POST /login} leaves a {@link HubPrincipal} in it under {@link
 * #PRINCIPAL}. When the console is open, a browser on this machine without a session looks on as a
 * viewer of the tenant default.
 */
public final class SessionFilter extends OncePerRequestFilter {
  /** Session attribute that holds the signed-in {@link HubPrincipal}. */
  public static final String PRINCIPAL = "hub.principal";

  /** Session attribute that holds the {@link Tokens#key} of the token that was signed in with. */
  public static final String TOKEN = "hub.token";

  private static final HubPrincipal ONLOOKER =
      new HubPrincipal("default", "viewer", "this machine");

  private final boolean open;
  private final Tokens tokens;

  SessionFilter(boolean open, Tokens tokens) {
    this.open = open;
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HubPrincipal principal = signedIn(request);
    if (principal == null && open && Loopback.is(request)) {
      principal = ONLOOKER;
    }
    if (principal == null) {
      chain.doFilter(request, response);
      return;
    }
    SecurityContextHolder.getContext().setAuthentication(new Caller(principal));
    TenantScope.enter(principal.tenant());
    try {
      chain.doFilter(request, response);
    } finally {
      TenantScope.leave();
    }
  }

  /** A session ends with the token it was opened with. */
  private @Nullable HubPrincipal signedIn(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    if (session == null || !(session.getAttribute(TOKEN) instanceof String token)) {
      return null;
    }
    HubPrincipal principal;
    try {
      principal = tokens.byKey(token, "").orElse(null);
    } catch (DataAccessException e) {
      // The session was there a moment ago, and nobody can revoke while the database is away.
      return (HubPrincipal) session.getAttribute(PRINCIPAL);
    }
    if (principal == null) {
      session.invalidate();
    }
    return principal;
  }
}
