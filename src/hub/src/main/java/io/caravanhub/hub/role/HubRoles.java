package io.caravanhub.hub.role;

import io.caravanhub.hub.settings.Role;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The roles of this hub. Immutable. */
@Component
public final class HubRoles {
  private final Set<Role> roles;

  HubRoles(@Value("${hub.roles:}") String roles) {
    this.roles = Role.read(roles);
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  public boolean hasAll() {
    return roles.size() == Role.values().length;
  }

  /** As they are written in HUB_ROLES. */
  @Override
  public String toString() {
    return String.join(", ", roles.stream().map(Role::label).toList());
  }
}
