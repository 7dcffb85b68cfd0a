package io.caravanhub.core.route;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * All files and what of each is in force. Changes are made by one thread; {@link #shown} may be
 * called by any.
 */
final class RouteFiles {
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final CamelRoutes camel;
  private final RouteInspection inspection;
  private final Clock clock;
  private final RouteFileListener listener;
  private final Map<Path, LoadedRouteFile> files = new TreeMap<>();
  private volatile List<RouteFile> shown = List.of();
  private Instant retryAt = Instant.MIN;

  RouteFiles(CamelContext context, Clock clock, RouteFileListener listener) {
    this.camel = new CamelRoutes(context);
    this.inspection = new RouteInspection(context, this::owner);
    this.clock = clock;
    this.listener = listener;
  }

  List<RouteFile> shown() {
    return shown;
  }

  /**
   * Deletions first, so that a file may move; then by kind; then what was refused gets a chance.
   */
  void apply(RouteFolders.Changes changes) {
    for (Path path : changes.gone()) {
      LoadedRouteFile file = files.get(path);
      if (file != null) {
        file.gone = true;
        file.refused = null;
      }
    }
    dropGone();
    for (Sorted next : sorted(changes.changed())) {
      install(next.source());
    }
    retry(Set.copyOf(changes.changed()), !changes.none());
    dropGone();
    publish();
  }

  /**
   * Tries refused files again: when anything has changed, for they may have waited for it; and from
   * time to time when their far end was not there. A file of which a good version runs is tried
   * only as far as that version is not disturbed.
   */
  private void retry(Set<RouteSource> justDone, boolean changed) {
    Instant now = clock.instant();
    boolean due = now.isAfter(retryAt);
    List<RouteSource> again = new ArrayList<>();
    for (LoadedRouteFile file : files.values()) {
      RouteSource source = file.refused;
      RouteRefusal refusal = file.refusal;
      if (source != null && refusal != null) {
        boolean harmless = !file.tried || file.running == null && !justDone.contains(source);
        if (changed && harmless || due && refusal.passing() && file.running == null) {
          again.add(source);
        }
      }
    }
    if (due || changed) {
      retryAt = now.plus(RETRY);
    }
    sorted(again).forEach(next -> install(next.source()));
  }

  private record Sorted(RouteSource source, @Nullable RouteOutline outline) {}

  private List<Sorted> sorted(List<RouteSource> sources) {
    List<Sorted> list = new ArrayList<>();
    for (RouteSource source : sources) {
      list.add(new Sorted(source, outline(source)));
    }
    list.sort(
        Comparator.comparing((Sorted s) -> s.source().kind())
            .thenComparing(s -> s.outline() == null || !inspection.inward(s.outline()))
            .thenComparing(s -> s.source().path()));
    return list;
  }

  private static @Nullable RouteOutline outline(RouteSource source) {
    try {
      return RouteOutline.read(source);
    } catch (RouteRefusal e) {
      return null;
    }
  }

  private void install(RouteSource source) {
    LoadedRouteFile file = files.computeIfAbsent(source.path(), p -> new LoadedRouteFile());
    file.gone = false;
    file.tried = false;
    RouteOutline outline = null;
    try {
      source.checkName();
      outline = RouteOutline.read(source);
      inspection.checkIds(source, outline);
      ParsedRouteFile parsed = camel.parse(source, outline);
      inspection.checkNames(outline);
      file.tried = true;
      replace(file, parsed);
      file.refused = null;
      file.refusal = null;
      publish();
      listener.loaded(file.show(source.path()));
    } catch (Exception | LinkageError | StackOverflowError e) {
      refuse(file, source, RouteRefusal.of(e, outline));
    }
  }

  private void refuse(LoadedRouteFile file, RouteSource source, RouteRefusal refusal) {
    RouteRefusal before = file.refusal;
    boolean news =
        before == null || !source.equals(file.refused) || !before.reason().equals(refusal.reason());
    file.refused = source;
    file.refusal = refusal;
    if (news) {
      publish();
      listener.refused(file.show(source.path()));
    }
  }

  /** Swaps one file and, around it, those that use it; on failure all is as it was before. */
  private void replace(LoadedRouteFile file, ParsedRouteFile next) throws Exception {
    ParsedRouteFile previous = file.running;
    List<LoadedRouteFile> users = previous == null ? List.of() : users(file);
    takeOut(file, users);
    try {
      camel.add(next);
      file.running = next;
      file.since = clock.instant();
      for (LoadedRouteFile user : users) {
        putBack(user);
      }
    } catch (Exception | LinkageError e) {
      takeOut(file, users);
      file.running = previous;
      putBackOrDrop(file);
      users.forEach(this::putBackOrDrop);
      throw e;
    }
  }

  /**
   * Files that use this one, and those that use them: in the order in which they must be loaded.
   */
  private List<LoadedRouteFile> users(LoadedRouteFile file) {
    Deque<LoadedRouteFile> order = new ArrayDeque<>();
    visit(file, new HashSet<>(), order);
    order.removeFirst();
    return List.copyOf(order);
  }

  private void visit(
      LoadedRouteFile file, Set<LoadedRouteFile> seen, Deque<LoadedRouteFile> order) {
    ParsedRouteFile used = file.running;
    if (seen.add(file)) {
      for (LoadedRouteFile user : files.values()) {
        if (used != null && user.uses(used)) {
          visit(user, seen, order);
        }
      }
      order.addFirst(file);
    }
  }

  private void putBackOrDrop(LoadedRouteFile file) {
    ParsedRouteFile was = file.running;
    try {
      putBack(file);
    } catch (Exception | LinkageError e) {
      file.running = null;
      file.since = null;
      if (was != null && file.refused == null) {
        refuse(file, was.source(), RouteRefusal.of(e, was.outline()));
      }
    }
  }

  private void takeOut(LoadedRouteFile file, List<LoadedRouteFile> users) throws Exception {
    for (int i = users.size() - 1; i >= 0; i--) {
      ParsedRouteFile running = users.get(i).running;
      if (running != null) {
        camel.remove(running);
      }
    }
    if (file.running != null) {
      camel.remove(file.running);
    }
  }

  private void putBack(LoadedRouteFile file) throws Exception {
    ParsedRouteFile was = file.running;
    if (was != null) {
      ParsedRouteFile again = camel.parse(was.source(), was.outline());
      camel.add(again);
      file.running = again;
    }
  }

  private void dropGone() {
    for (Path path : List.copyOf(files.keySet())) {
      LoadedRouteFile file = files.get(path);
      if (file == null || !file.gone) {
        continue;
      }
      ParsedRouteFile running = file.running;
      if (running != null) {
        List<Path> users =
            files.entrySet().stream()
                .filter(e -> e.getValue() != file && e.getValue().uses(running))
                .map(Map.Entry::getKey)
                .toList();
        if (!users.isEmpty()) {
          keepForUsers(file, path, users);
          continue;
        }
      }
      remove(path, file);
    }
  }

  private void keepForUsers(LoadedRouteFile file, Path path, List<Path> users) {
    String reason = "deleted, but its last version stays in force for " + users;
    if (file.refusal == null || !file.refusal.reason().equals(reason)) {
      file.refusal = new RouteRefusal(reason, 0);
      publish();
      listener.refused(file.show(path));
    }
  }

  private void remove(Path path, LoadedRouteFile file) {
    try {
      if (file.running != null) {
        camel.remove(file.running);
      }
    } catch (Exception e) {
      file.refusal = RouteRefusal.of(e, null);
      return;
    }
    files.remove(path);
    publish();
    listener.removed(new RouteFile(path, List.of(), RouteFile.State.LOADED, null, 0, null));
  }

  private @Nullable Path owner(String key) {
    for (Map.Entry<Path, LoadedRouteFile> file : files.entrySet()) {
      if (file.getValue().owns(key)) {
        return file.getKey();
      }
    }
    return null;
  }

  private void publish() {
    List<RouteFile> now = new ArrayList<>();
    files.forEach((path, file) -> now.add(file.show(path)));
    shown = List.copyOf(now);
  }
}
