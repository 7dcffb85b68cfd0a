package io.caravanhub.hub.security;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A {@link HubPrincipal} as Spring Security carries it. */
public final class Caller extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;
  private final transient HubPrincipal principal;

  public Caller(HubPrincipal principal) {
    super(List.of(new SimpleGrantedAuthority("ROLE_" + principal.role())));
    this.principal = principal;
    setAuthenticated(true);
  }

  static boolean is(@Nullable Authentication authentication, String... roles) {
    return authentication instanceof Caller caller && caller.principal.is(roles);
  }

  /** Whether it is an admin of the tenant default, who runs the installation. */
  static boolean operates(@Nullable Authentication authentication) {
    return authentication instanceof Caller caller
        && caller.principal.is("admin")
        && caller.principal.tenant().equals("default");
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public HubPrincipal getPrincipal() {
    return principal;
  }
}
