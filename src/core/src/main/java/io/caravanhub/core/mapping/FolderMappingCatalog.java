package io.caravanhub.core.mapping;

import io.caravanhub.core.payload.PayloadFiles;
import io.caravanhub.core.payload.PayloadFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Mappings kept as files: {@code halden/aerotop} is {@code halden/aerotop.jsonata}, the field table
 * {@code halden/aerotop.fields.yaml}, or both, below the first of the roots that has one ({@code
 * mappings}, {@code connectors/oem}). A file that has changed is picked up by the first message at
 * least a second later; one that does not compile is reported and its last good version stays in
 * use. Safe for many threads; has no thread of its own.
 */
public final class FolderMappingCatalog implements MappingCatalog {
  private static final String EXPRESSION = ".jsonata";
  private static final String TABLE = ".fields.yaml";
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");
  private static final int MOST = 10_000;
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  private final List<Path> roots;
  private final LongSupplier nanoClock;
  private final PayloadFiles formats;
  private final ConcurrentHashMap<String, MappingFile> files = new ConcurrentHashMap<>();

  /** A catalogue over these folders, the first one first; a folder need not exist. */
  public FolderMappingCatalog(List<Path> roots) {
    this(roots, System::nanoTime);
  }

  FolderMappingCatalog(List<Path> roots, LongSupplier nanoClock) {
    this.roots = List.copyOf(roots);
    this.nanoClock = nanoClock;
    this.formats = new PayloadFiles(roots, nanoClock);
  }

  @Override
  public Optional<PayloadFormat> format(String name) {
    return NAME.matcher(name).matches() ? formats.find(name) : Optional.empty();
  }

  @Override
  public Optional<MappingSource> find(String name) {
    long now = nanoClock.getAsLong();
    MappingFile file = files.get(name);
    if (file == null || now - file.lookedAt() >= LOOK_AGAIN_NANOS) {
      file = look(name, now);
    }
    return file == null ? Optional.empty() : file.good();
  }

  /** The names of all mappings that exist now, sorted. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> found = Files.walk(root, 8)) {
          found
              .map(path -> root.relativize(path).toString().replace('\\', '/'))
              .filter(path -> path.endsWith(EXPRESSION) || path.endsWith(TABLE))
              .map(FolderMappingCatalog::name)
              .filter(name -> NAME.matcher(name).matches())
              .forEach(names::add);
        } catch (IOException | java.io.UncheckedIOException e) {
          // A folder that changes while it is read is read again at the next call.
          continue;
        }
      }
    }
    return new ArrayList<>(names);
  }

  private static String name(String path) {
    String suffix = path.endsWith(EXPRESSION) ? EXPRESSION : TABLE;
    return path.substring(0, path.length() - suffix.length());
  }

  /** Looks at every file and tells which were refused and why. */
  public List<MappingProblem> problems() {
    long now = nanoClock.getAsLong();
    List<MappingProblem> problems = new ArrayList<>();
    for (String name : names()) {
      MappingFile file = look(name, now);
      if (file != null) {
        file.problem().ifPresent(problems::add);
      }
      formats
          .problem(name)
          .ifPresent(reason -> problems.add(new MappingProblem(name, name, reason)));
    }
    return problems;
  }

  private @Nullable MappingFile look(String name, long now) {
    if (!NAME.matcher(name).matches()) {
      return null;
    }
    return files.compute(
        name,
        (key, before) -> {
          for (Path root : roots) {
            Path expression = root.resolve(name + EXPRESSION);
            Path table = root.resolve(name + TABLE);
            if (Files.isRegularFile(expression) || Files.isRegularFile(table)) {
              return MappingFile.read(name, expression, table, before, now);
            }
          }
          // Remembered too: a device without a mapping asks with every message.
          return files.size() < MOST ? MappingFile.absent(now) : null;
        });
  }
}
