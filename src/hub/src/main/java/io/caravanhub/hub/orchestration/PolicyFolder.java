package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.RuleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files {@code *.yaml} of a folder, everybody's defaults, and of the folders in it, which have
 * the names of tenants. A file that cannot be read is refused alone and keeps its last good version
 * in force. Not thread-safe.
 */
final class PolicyFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFolder.class);

  private record Read(String stamp, PolicyFile file, @Nullable RefusedPolicies refused) {}

  private final Path folder;
  private final Map<String, Read> files = new TreeMap<>();

  PolicyFolder(Path folder) {
    this.folder = folder;
  }

  /** Looks at the folder again; true when anything changed. */
  boolean refresh() {
    Map<String, Path> present = new HashMap<>();
    try (Stream<Path> listed = Files.exists(folder) ? Files.walk(folder, 2) : Stream.empty()) {
      listed
          .filter(path -> path.getFileName().toString().endsWith(".yaml"))
          .forEach(path -> present.put(name(path), path));
    } catch (IOException | java.io.UncheckedIOException e) {
      LOG.warn("The folder of policies {} cannot be read: {}", folder, e.getMessage());
      return false;
    }
    boolean changed = files.keySet().retainAll(present.keySet());
    for (Map.Entry<String, Path> entry : present.entrySet()) {
      changed |= read(entry.getKey(), entry.getValue());
    }
    return changed;
  }

  private String name(Path path) {
    return folder.relativize(path).toString().replace('\\', '/');
  }

  private boolean read(String name, Path path) {
    Read before = files.get(name);
    String stamp = "";
    try {
      stamp = Files.getLastModifiedTime(path).toMillis() + "/" + Files.size(path);
      if (before != null && before.stamp().equals(stamp)) {
        return false;
      }
      files.put(name, new Read(stamp, PolicyFile.read(Files.readString(path)), null));
    } catch (RuleException e) {
      keep(before, stamp, new RefusedPolicies(name, e.field(), e.line(), e.getMessage() + ""));
    } catch (IOException e) {
      if (before != null && before.stamp().equals(stamp)) {
        return false;
      }
      keep(before, stamp, new RefusedPolicies(name, "", 1, "cannot be read: " + e.getMessage()));
    }
    return true;
  }

  private void keep(@Nullable Read before, String stamp, RefusedPolicies why) {
    PolicyFile lastGood = before == null ? PolicyFile.NONE : before.file();
    files.put(why.source(), new Read(stamp, lastGood, why));
    LOG.warn(
        "Policy file {} refused, line {}: {} {}{}",
        why.source(),
        why.line(),
        why.field(),
        why.reason(),
        before == null ? "" : "; its last good version stays in force");
  }

  /** The files of a tenant by name, everybody's first. */
  Map<String, PolicyFile> of(String tenant) {
    Map<String, PolicyFile> found = new java.util.LinkedHashMap<>();
    for (String prefix : List.of("", tenant + "/")) {
      files.forEach(
          (name, read) -> {
            if (name.substring(0, name.lastIndexOf('/') + 1).equals(prefix)) {
              found.put(name, read.file());
            }
          });
    }
    return found;
  }

  /** What is refused of everybody's files and the tenant's. */
  List<RefusedPolicies> refused(String tenant) {
    List<RefusedPolicies> refused = new ArrayList<>();
    files.forEach(
        (name, read) -> {
          if (read.refused() != null && (!name.contains("/") || name.startsWith(tenant + "/"))) {
            refused.add(read.refused());
          }
        });
    return refused;
  }
}
