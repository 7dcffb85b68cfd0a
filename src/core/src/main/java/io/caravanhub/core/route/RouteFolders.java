package io.caravanhub.core.route;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what changed in the folders, by polling: it works on every file system, sees renames,
 * and needs no more than a stat a file.
 *
 * <p>A change, and a disappearance, counts when two polls in a row saw the same; so a file being
 * written, or replaced by delete and rename, is left alone until it has settled. A folder that
 * cannot be read says nothing about its files. Not thread-safe.
 */
final class RouteFolders {
  private static final int DEPTH = 8;
  private static final long LARGEST = 1 << 20;

  private record Stamp(FileTime modified, long size, @Nullable Object key) {}

  /** What changed: new or changed files that settled, and files that are gone. */
  record Changes(List<RouteSource> changed, List<Path> gone) {
    boolean none() {
      return changed.isEmpty() && gone.isEmpty();
    }
  }

  private final List<Path> folders;
  private final Map<Path, Stamp> known = new HashMap<>();
  private final Map<Path, String> content = new HashMap<>();
  private Map<Path, Stamp> last = Map.of();

  RouteFolders(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** All there is now, without waiting for anything to settle: for the start. */
  Changes first() throws IOException {
    last = stamps();
    return changes(last, last);
  }

  Changes poll() throws IOException {
    Map<Path, Stamp> before = last;
    last = stamps();
    return changes(before, last);
  }

  private Changes changes(Map<Path, Stamp> before, Map<Path, Stamp> now) throws IOException {
    List<RouteSource> changed = new ArrayList<>();
    for (Map.Entry<Path, Stamp> file : now.entrySet()) {
      Path path = file.getKey();
      Stamp stamp = file.getValue();
      if (stamp.equals(before.get(path)) && !stamp.equals(known.get(path))) {
        String text = read(path, stamp);
        if (text != null) {
          known.put(path, stamp);
          if (!text.equals(content.put(path, text))) {
            changed.add(new RouteSource(path, text));
          }
        }
      }
    }
    List<Path> gone = new ArrayList<>();
    for (Path path : Set.copyOf(known.keySet())) {
      if (!now.containsKey(path) && !before.containsKey(path) && folderOf(path)) {
        known.remove(path);
        content.remove(path);
        gone.add(path);
      }
    }
    return new Changes(changed, gone);
  }

  private boolean folderOf(Path path) {
    return folders.stream().anyMatch(f -> path.startsWith(f) && Files.isDirectory(f));
  }

  private static @Nullable String read(Path path, Stamp stamp) {
    try {
      String text =
          stamp.size() > LARGEST
              ? "larger than 1 MiB"
              : new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      return Objects.equals(stamp, stamp(path)) ? text : null;
    } catch (IOException e) {
      return null;
    }
  }

  private Map<Path, Stamp> stamps() throws IOException {
    Map<Path, Stamp> stamps = new TreeMap<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
          for (Path path : files.filter(p -> visible(folder, p)).toList()) {
            Stamp stamp = stamp(path);
            if (stamp != null) {
              stamps.put(path, stamp);
            }
          }
        } catch (java.io.UncheckedIOException e) {
          throw e.getCause();
        }
      }
    }
    return stamps;
  }

  private static boolean visible(Path folder, Path path) {
    for (Path part : folder.relativize(path)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return RouteSource.isRouteFile(path);
  }

  private static @Nullable Stamp stamp(Path path) {
    try {
      BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
      return a.isRegularFile() ? new Stamp(a.lastModifiedTime(), a.size(), a.fileKey()) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
