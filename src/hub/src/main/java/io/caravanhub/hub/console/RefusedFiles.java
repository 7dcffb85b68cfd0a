package io.caravanhub.hub.console;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.core.route.RouteLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Which route files are not in force, and why. */
@Component
class RefusedFiles {
  private final ObjectProvider<RouteLoader> loader;
  private final Path here = Path.of("").toAbsolutePath();

  RefusedFiles(ObjectProvider<RouteLoader> loader) {
    this.loader = loader;
  }

  /** Refused files in the order of their paths; none before the loader is there. */
  List<RefusedFile> list() {
    RouteLoader files = loader.getIfAvailable();
    return files == null
        ? List.of()
        : files.files().stream()
            .filter(f -> f.state() == RouteFile.State.REFUSED)
            .map(this::refused)
            .toList();
  }

  private RefusedFile refused(RouteFile file) {
    Path path = file.path().toAbsolutePath().normalize();
    Path shown = path.startsWith(here) ? here.relativize(path) : path;
    return new RefusedFile(
        shown.toString(),
        file.line(),
        Objects.requireNonNullElse(file.reason(), "refused"),
        String.join(", ", file.routeIds()));
  }
}
