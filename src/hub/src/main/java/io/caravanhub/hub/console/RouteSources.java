package io.caravanhub.hub.console;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.hub.pipeline.RouteFilesLifecycle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Where the running routes are written, and which files are not in force. */
@Component
class RouteSources {
  private final RouteFilesLifecycle files;
  private final Path here = Path.of("").toAbsolutePath();

  RouteSources(RouteFilesLifecycle files) {
    this.files = files;
  }

  /** Files by the ids of the routes that run from them, as a person would type their paths. */
  Map<String, Path> byRoute() {
    Map<String, Path> byRoute = new HashMap<>();
    for (RouteFile file : files.files()) {
      file.routeIds().forEach(id -> byRoute.put(id, shown(file)));
    }
    return byRoute;
  }

  /** Refused files in the order of their paths. */
  List<RefusedFile> refused() {
    return files.files().stream()
        .filter(f -> f.state() == RouteFile.State.REFUSED)
        .map(
            f ->
                new RefusedFile(
                    shown(f).toString(),
                    f.line(),
                    Objects.requireNonNullElse(f.reason(), "refused"),
                    String.join(", ", f.routeIds())))
        .toList();
  }

  private Path shown(RouteFile file) {
    Path path = file.path().toAbsolutePath().normalize();
    return path.startsWith(here) ? here.relativize(path) : path;
  }
}
