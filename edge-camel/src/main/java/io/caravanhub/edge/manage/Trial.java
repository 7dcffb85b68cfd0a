package io.caravanhub.edge.manage;

import io.caravanhub.edge.manage.VersionStore.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a version on trial is doing.
 *
 * @param wrong what is worse than before and may be the version's fault
 * @param away whether the hub was connected before and is not now, which may be the hub's own fault
 */
record Trial(List<String> wrong, boolean away) {
  private static final int TOLD = 10;

  static Trial of(Pending pending, SiteHealth health) {
    List<String> wrong = new ArrayList<>();
    health.refusedRoutes().forEach((file, why) -> wrong.add(file + " is refused: " + why));
    Map<String, String> down = new TreeMap<>(health.down());
    down.keySet().removeAll(pending.wasDown());
    if (!down.isEmpty()) {
      StringBuilder text = new StringBuilder();
      text.append(down.size()).append(" connections are down that were not before:");
      down.entrySet().stream()
          .limit(TOLD)
          .forEach(
              d ->
                  text.append(' ')
                      .append(d.getKey())
                      .append(" (")
                      .append(d.getValue())
                      .append(')'));
      wrong.add(text.toString());
    }
    return new Trial(wrong, pending.uplink() && !health.uplink());
  }

  boolean isPassed() {
    return wrong.isEmpty() && !away;
  }

  /** Whether nothing speaks against the version but that the hub was away. */
  boolean isPerhapsTheHub() {
    return wrong.isEmpty() && away;
  }

  /** For people. */
  String text() {
    List<String> all = new ArrayList<>(wrong);
    if (away) {
      all.add("there is no connection to the hub any more");
    }
    return String.join("; ", all);
  }
}
