package io.caravanhub.core.route;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what becomes of files to the log and tells the listeners. */
final class Announcer implements RouteFileListener {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

  private final List<RouteFileListener> listeners;

  Announcer(List<RouteFileListener> listeners) {
    this.listeners = listeners;
  }

  @Override
  public void loaded(RouteFile file) {
    LOG.info("Route file {}", file.summary());
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
