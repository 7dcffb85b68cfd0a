package io.caravanhub.bench.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which roles each hub of a cluster has.
 *
 * @param hubs the roles of each, as {@code HUB_ROLES} has them
 */
record Layout(List<Set<String>> hubs) {
  static final int MOST = 9;

  /** As the profile {@code scale} of docker-compose.yml has it. */
  static final String STAGES = "ingest/ingest/pipeline/pipeline/orchestrate,poll,api,console";

  private static final Set<String> ROLES =
      Set.of("ingest", "pipeline", "orchestrate", "poll", "api", "console");
  private static final String ALL = "all";

  Layout {
    hubs = List.copyOf(hubs);
  }

  /** So many hubs with all roles. */
  static Layout alike(int hubs) {
    return new Layout(Collections.nCopies(hubs, ROLES));
  }

  /**
   * Reads one such as {@link #STAGES}; {@code all} stands for all roles.
   *
   * @throws IllegalArgumentException for a word that is no role, or when a role is nowhere
   */
  static Layout read(String text) {
    List<Set<String>> hubs = new ArrayList<>();
    Set<String> missing = new TreeSet<>(ROLES);
    for (String hub : text.split("/", -1)) {
      Set<String> roles = roles(hub);
      missing.removeAll(roles);
      hubs.add(roles);
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("no hub has the role " + String.join(", ", missing));
    }
    if (hubs.size() > MOST) {
      throw new IllegalArgumentException("expected " + MOST + " hubs at most, got " + hubs.size());
    }
    return new Layout(hubs);
  }

  private static Set<String> roles(String hub) {
    if (hub.equals(ALL)) {
      return ROLES;
    }
    Set<String> roles = new HashSet<>(List.of(hub.split(",", -1)));
    for (String role : roles) {
      if (!ROLES.contains(role)) {
        throw new IllegalArgumentException(
            "expected "
                + ALL
                + " or some of "
                + String.join(", ", new TreeSet<>(ROLES))
                + " for each hub, got \""
                + role
                + '"');
      }
    }
    return Set.copyOf(roles);
  }

  int size() {
    return hubs.size();
  }

  /** Whether every hub has all roles. */
  boolean isAlike() {
    return hubs.stream().allMatch(ROLES::equals);
  }

  /** Whether this hub has all roles, and needs no {@code HUB_ROLES}. */
  boolean hasAll(int hub) {
    return hubs.get(hub).equals(ROLES);
  }

  /** Of a hub, by its role when it has only one: {@code ingest-1}, {@code hub-5}. */
  String name(int hub) {
    Set<String> roles = hubs.get(hub);
    return (roles.size() == 1 ? String.join("", roles) : "hub") + "-" + (hub + 1);
  }
}
