package io.caravanhub.hub.role;

import io.caravanhub.hub.problem.ProblemDocument;
import io.caravanhub.hub.settings.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 to what another hub is there for: a 404 would be an answer for good, on which a
 * device drops its readings.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class RoleGate extends OncePerRequestFilter {
  /** The first that fits the whole path decides; one of its roles is enough, or none. */
  private record Place(Pattern path, List<Role> roles) {
    Place(String path, Role... roles) {
      this(Pattern.compile(path), List.of(roles));
    }
  }

  private static final List<Place> PLACES =
      List.of(
          new Place("/api/v1/telemetry/(ingest|upload|stream)", Role.INGEST),
          // What gateways bring and say, and what both they and people read.
          new Place(
              "/api/v1/(enrol|gateways/[^/]+/(batch|clock|(configuration|software)/report))",
              Role.INGEST),
          new Place(
              "/api/v1/(gateways/[^/]+/(configuration|software)|gateway-software/[^/]+/file)",
              Role.API,
              Role.INGEST),
          new Place("/api/.*", Role.API),
          new Place("/hooks/[^/]+/(fsm|notifications)/.*", Role.ORCHESTRATE),
          new Place("/hooks/.*", Role.INGEST),
          new Place("/actuator(/.*)?"),
          new Place(".*", Role.CONSOLE));

  private final HubRoles roles;

  RoleGate(HubRoles roles) {
    this.roles = roles;
  }

  /** One of these is needed, if there are any. */
  static List<Role> needed(String path) {
    for (Place place : PLACES) {
      if (place.path.matcher(path).matches()) {
        return place.roles;
      }
    }
    return List.of();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return roles.hasAll();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<Role> needed = needed(request.getRequestURI());
    if (needed.isEmpty() || needed.stream().anyMatch(roles::has)) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("Retry-After", "30");
    ProblemDocument.write(
        response,
        503,
        "this hub has no role " + needed.get(0).label() + ", only " + roles + " (HUB_ROLES)",
        null);
  }
}
