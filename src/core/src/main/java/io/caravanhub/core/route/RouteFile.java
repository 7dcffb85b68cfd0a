package io.caravanhub.core.route;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one route file.
 *
 * @param path the file
 * @param routeIds routes running from this file; of a refused change, those of its last good
 *     version
 * @param state whether the file on disk is the one in force
 * @param reason why it was refused, else null
 * @param line the line the reason speaks of, counted from 1, or 0 when it has none
 * @param loadedAt since when the version in force runs, or null when none does
 */
public record RouteFile(
    Path path,
    List<String> routeIds,
    State state,
    @Nullable String reason,
    int line,
    @Nullable Instant loadedAt) {

  /** Whether the file on disk is the one in force. */
  public enum State {
    LOADED,
    REFUSED
  }

  public RouteFile {
    routeIds = List.copyOf(routeIds);
  }

  /** One line for a log or a page: {@code routes/a.camel.yaml:7: unknown component 'ftpp'}. */
  public String summary() {
    String where = line > 0 ? path + ":" + line : path.toString();
    return state == State.LOADED
        ? where + ": loaded " + String.join(", ", routeIds)
        : where + ": " + reason;
  }
}
