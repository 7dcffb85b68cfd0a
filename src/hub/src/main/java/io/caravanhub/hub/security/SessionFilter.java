package io.caravanhub.hub.security;

import io.caravanhub.hub.database.TenantScope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
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

  private static final HubPrincipal ONLOOKER =
      new HubPrincipal("default", "viewer", "this machine");

  private final boolean open;

  SessionFilter(boolean open) {
    this.open = open;
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

  private static @Nullable HubPrincipal signedIn(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return session == null ? null : (HubPrincipal) session.getAttribute(PRINCIPAL);
  }
}
