package io.caravanhub.hub.role;

import static io.caravanhub.hub.settings.Role.API;
import static io.caravanhub.hub.settings.Role.INGEST;
import static io.caravanhub.hub.settings.Role.ORCHESTRATE;
import static io.caravanhub.hub.settings.Role.PIPELINE;
import static io.caravanhub.hub.settings.Role.POLL;

import io.caravanhub.hub.settings.Role;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which role begins a route. Routes that others call begin nothing and are there in every hub; the
 * rest go by their group, and those of no known group to ingest.
 */
final class RoleOfRoute {
  /**
   * Consumers that are called by other routes of the same process, and the front of the whole API,
   * before which {@link RoleGate} stands.
   */
  private static final Set<String> CALLED = Set.of("direct", "kamelet", "rest-openapi");

  private static final Map<String, Role> GROUPS =
      Map.ofEntries(
          Map.entry("ingest", INGEST),
          Map.entry("gateways", INGEST),
          Map.entry("kafka", PIPELINE),
          Map.entry("normalize", PIPELINE),
          Map.entry("store", PIPELINE),
          Map.entry("rules", PIPELINE),
          Map.entry("assets", PIPELINE),
          Map.entry("dead-letter", PIPELINE),
          Map.entry("events", ORCHESTRATE),
          Map.entry("orchestration", ORCHESTRATE),
          Map.entry("fsm", ORCHESTRATE),
          Map.entry("notify", ORCHESTRATE),
          Map.entry("fieldbus", POLL),
          Map.entry("connectors", POLL),
          Map.entry("probe", API));

  private RoleOfRoute() {}

  /** Whether a route needs no word of its own. */
  static boolean isKnown(String scheme, String group) {
    return CALLED.contains(scheme) || GROUPS.containsKey(group);
  }

  /**
   * Empty when the route is there in every hub.
   *
   * @param scheme of the endpoint that it takes messages from
   */
  static Optional<Role> of(String scheme, @Nullable String group) {
    if (CALLED.contains(scheme)) {
      return Optional.empty();
    }
    return Optional.of(group == null ? INGEST : GROUPS.getOrDefault(group, INGEST));
  }
}
