package io.caravanhub.core.route;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state of one file: what of it runs, and what of it was refused. Guarded by the loader. */
final class LoadedRouteFile {
  @Nullable ParsedRouteFile running;
  @Nullable Instant since;
  @Nullable RouteSource refused;
  @Nullable RouteRefusal refusal;

  /** Whether the refused content got as far as taking the place of what ran. */
  boolean tried;

  /** The file is gone, but others still need what it held. */
  boolean gone;

  /** Whether its running version uses this policy or kamelet. */
  boolean uses(ParsedRouteFile other) {
    if (running == null) {
      return false;
    }
    Set<String> policies =
        running.outline().policies().stream().map(w -> w.text()).collect(Collectors.toSet());
    return other.policyIds().stream().anyMatch(policies::contains)
        || other.templateIds().stream().anyMatch(running.outline().kamelets()::contains);
  }

  /** Whether its running version holds this id, see {@link RouteInspection#key}. */
  boolean owns(String key) {
    return running != null
        && (running.outline().items().stream().anyMatch(i -> RouteInspection.key(i).equals(key))
            || running.outline().stepIds().stream().anyMatch(w -> key.equals("step " + w.text())));
  }

  RouteFile show(java.nio.file.Path path) {
    List<String> ids = new ArrayList<>();
    if (running != null) {
      ids.addAll(running.routeIds());
      ids.addAll(running.templateIds());
      ids.addAll(running.policyIds());
    }
    return refusal == null
        ? new RouteFile(path, ids, RouteFile.State.LOADED, null, 0, since)
        : new RouteFile(
            path, ids, RouteFile.State.REFUSED, refusal.reason(), refusal.line(), since);
  }
}
