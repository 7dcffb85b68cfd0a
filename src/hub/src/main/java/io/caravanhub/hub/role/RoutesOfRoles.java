package io.caravanhub.hub.role;

import io.caravanhub.hub.settings.Role;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Routes of other roles than the hub's are loaded and not started. */
@Component
final class RoutesOfRoles implements RoutePolicyFactory {
  private final HubRoles roles;

  RoutesOfRoles(HubRoles roles) {
    this.roles = roles;
  }

  @Override
  public @Nullable RoutePolicy createRoutePolicy(
      CamelContext context, String routeId, NamedNode node) {
    // On the way of messages there is nothing more where it decides nothing.
    if (roles.hasAll()) {
      return null;
    }
    return new RoutePolicySupport() {
      @Override
      public void onInit(Route route) {
        String scheme = route.getEndpoint().getEndpointBaseUri().replaceFirst(":.*", "");
        Optional<Role> role = RoleOfRoute.of(scheme, route.getGroup());
        if (role.isPresent() && !roles.has(role.get())) {
          route.setAutoStartup(false);
        }
      }
    };
  }
}
