package io.caravanhub.core.route;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what becomes of files to the log and tells the listeners. The files of a start make one
 * line together; what is refused, and what changes later, has its own.
 */
final class Announcer implements RouteFileListener {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

  private final List<RouteFileListener> listeners;
  private final Map<String, Integer> atStart = new TreeMap<>();
  private boolean starting = true;

  Announcer(List<RouteFileListener> listeners) {
    this.listeners = listeners;
  }

  @Override
  public void loaded(RouteFile file) {
    if (starting) {
      atStart.merge(group(file), 1, Integer::sum);
      LOG.debug("Route file {}", file.summary());
    } else {
      LOG.info("Route file {}", file.summary());
    }
    tell(l -> l.loaded(file));
  }

  @Override
  public void refused(RouteFile file) {
    LOG.warn(
        "Route file refused: {}{}",
        file.summary(),
        file.routeIds().isEmpty() ? "" : " (its last good version goes on running)");
    tell(l -> l.refused(file));
  }

  @Override
  public void removed(RouteFile file) {
    LOG.info("Route file removed: {}", file.path());
    tell(l -> l.removed(file));
  }

  /** Sums up the start. */
  void started() {
    starting = false;
    int files = atStart.values().stream().mapToInt(Integer::intValue).sum();
    StringJoiner groups = new StringJoiner(", ");
    atStart.forEach((group, count) -> groups.add(group + " " + count));
    LOG.info("{} route files loaded: {}", files, groups);
  }

  private static String group(RouteFile file) {
    Path folder = file.path().getParent();
    return folder == null ? "" : String.valueOf(folder.getFileName());
  }

  private void tell(Consumer<RouteFileListener> news) {
    for (RouteFileListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (RuntimeException e) {
        LOG.warn("A route file listener failed: {}", e.toString());
      }
    }
  }
}
