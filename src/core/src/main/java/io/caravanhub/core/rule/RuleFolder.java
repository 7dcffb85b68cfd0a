package io.caravanhub.core.rule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule files {@code *.yaml} and engineers' {@code *.drl} directly in a folder. A file that
 * cannot be read is refused alone and keeps its last good version in force. Not thread-safe.
 */
public final class RuleFolder {
  private static final Logger LOG = LoggerFactory.getLogger(RuleFolder.class);

  /** A file's state: when it was read, its rules in force, why its newest form is refused. */
  private record Read(
      String stamp,
      List<Rule> rules,
      @Nullable RuleProgram program,
      @Nullable RefusedRules refused) {}

  private static final String DRL = ".drl";

  private final Path folder;
  private final Function<String, RuleProgram> compiler;
  private final Map<String, Read> files = new TreeMap<>();
  private final Map<String, RefusedRules> repeated = new TreeMap<>();
  private Map<String, RuleProgram> programs = Map.of();

  /**
   * @param compiler compiles DRL; fails with a {@link RuleException}
   */
  public RuleFolder(Path folder, Function<String, RuleProgram> compiler) {
    this.folder = folder;
    this.compiler = compiler;
  }

  /** Looks at the folder again; true when anything changed. */
  public boolean refresh() {
    Map<String, Path> present = new HashMap<>();
    try (Stream<Path> listed = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
      listed
          .filter(path -> path.getFileName().toString().matches(".+\\.(yaml|drl)"))
          .forEach(path -> present.put(path.getFileName().toString(), path));
    } catch (IOException e) {
      LOG.warn("The rules folder {} cannot be read: {}", folder, e.getMessage());
      return false;
    }
    boolean changed = files.keySet().retainAll(present.keySet());
    for (Map.Entry<String, Path> entry : present.entrySet()) {
      changed |= read(entry.getKey(), entry.getValue());
    }
    if (changed) {
      refuseRepeated();
    }
    return changed;
  }

  private boolean read(String name, Path path) {
    Read before = files.get(name);
    String stamp = "";
    try {
      stamp = Files.getLastModifiedTime(path).toMillis() + "/" + Files.size(path);
      if (before != null && before.stamp().equals(stamp)) {
        return false;
      }
      files.put(name, read(name, stamp, Files.readString(path)));
    } catch (RuleException e) {
      keep(name, before, stamp, e.field(), e.line(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      if (before != null && before.stamp().equals(stamp)) {
        return false;
      }
      keep(name, before, stamp, "", 1, "cannot be read: " + e.getMessage());
    }
    return true;
  }

  private Read read(String name, String stamp, String text) {
    return name.endsWith(DRL)
        ? new Read(stamp, List.of(), compiler.apply(text), null)
        : new Read(stamp, RuleReader.file(text, KnownMetrics.CATALOGUE), null, null);
  }

  private void keep(
      String name, @Nullable Read before, String stamp, String field, int line, String reason) {
    List<Rule> lastGood = before == null ? List.of() : before.rules();
    files.put(
        name,
        new Read(
            stamp,
            lastGood,
            before == null ? null : before.program(),
            new RefusedRules(name, field, line, reason, Instant.now())));
    LOG.warn(
        "Rule file {} refused, line {}: {} {}{}",
        name,
        line,
        field,
        reason,
        lastGood.isEmpty() ? "" : "; its last good version stays in force");
  }

  /** Of two files that hold the same variant of a rule, the later by name is not in force. */
  private void refuseRepeated() {
    repeated.clear();
    Set<List<Object>> seen = new HashSet<>();
    files.forEach(
        (name, read) -> {
          for (Rule rule : read.rules()) {
            if (!seen.add(List.of(rule.id(), rule.scope()))) {
              String reason = "the rule " + rule.id() + " of this scope is there already";
              repeated.put(name, new RefusedRules(name, "rules", 1, reason, Instant.now()));
              LOG.warn("Rule file {} refused: {}", name, reason);
            }
          }
        });
  }

  /** The rules of the files that are in force. */
  public List<RuleBook.Entry> entries() {
    List<RuleBook.Entry> entries = new ArrayList<>();
    files.forEach(
        (name, read) -> {
          if (!repeated.containsKey(name)) {
            read.rules().forEach(rule -> entries.add(new RuleBook.Entry(null, rule, name)));
          }
        });
    return entries;
  }

  /** Engineers' DRL by the name of their files, without the ending. */
  public Map<String, RuleProgram> programs() {
    Map<String, RuleProgram> found = new TreeMap<>();
    files.forEach(
        (name, read) -> {
          if (read.program() != null) {
            found.put(name.substring(0, name.length() - DRL.length()), read.program());
          }
        });
    if (!found.equals(programs)) {
      programs = found;
    }
    return programs;
  }

  /** Files that are not in force, or not in their newest form. */
  public List<RefusedRules> refused() {
    List<RefusedRules> refused = new ArrayList<>(repeated.values());
    for (Read read : files.values()) {
      if (read.refused() != null) {
        refused.add(read.refused());
      }
    }
    return refused;
  }
}
