package io.caravanhub.core.payload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The payload formats that are declared beside mappings. A declaration or schema that has changed
 * is picked up by the first message at least a second later; one that cannot be used is reported,
 * and its last good version stays in use. Safe for many threads; has no thread of its own.
 */
public final class PayloadFiles {
  private static final Logger LOG = LoggerFactory.getLogger(PayloadFiles.class);
  private static final String SUFFIX = ".payload.yaml";
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;
  private static final int MOST = 10_000;

  private final List<Path> roots;
  private final LongSupplier nanoClock;
  private final ConcurrentHashMap<String, Looked> files = new ConcurrentHashMap<>();

  /** Over these folders, the first one first. */
  public PayloadFiles(List<Path> roots, LongSupplier nanoClock) {
    this.roots = List.copyOf(roots);
    this.nanoClock = nanoClock;
  }

  private record Looked(
      String stamp, long at, @Nullable PayloadFile good, @Nullable String problem) {}

  /**
   * The format of the mapping's payloads, or empty when none is declared and they are JSON.
   *
   * @param mapping a name that is known to be one, {@code acme/rooftop}
   * @throws PayloadException when what is declared cannot be used and never could
   */
  public Optional<PayloadFormat> find(String mapping) {
    Looked looked = look(mapping);
    if (looked.good() != null) {
      return Optional.of(looked.good().format());
    }
    if (looked.problem() != null) {
      throw new PayloadException(looked.problem());
    }
    return Optional.empty();
  }

  /** Why the mapping's declaration is refused, or empty. */
  public Optional<String> problem(String mapping) {
    return Optional.ofNullable(look(mapping).problem());
  }

  /** The format declared beside this file of a mapping, of the folder {@code root}. */
  public static Optional<PayloadFormat> beside(Path mappingFile, Path root) throws IOException {
    String name = mappingFile.getFileName().toString().replaceAll("\\.jsonata$", "");
    Path file = mappingFile.resolveSibling(name + SUFFIX);
    return Files.isRegularFile(file)
        ? Optional.of(PayloadFile.load(file, root).format())
        : Optional.empty();
  }

  private Looked look(String mapping) {
    long now = nanoClock.getAsLong();
    Looked before = files.get(mapping);
    if (before != null && now - before.at() < LOOK_AGAIN_NANOS) {
      return before;
    }
    if (before == null && files.size() >= MOST) {
      return read(mapping, null, now);
    }
    return files.compute(mapping, (name, last) -> read(name, last, now));
  }

  private Looked read(String mapping, @Nullable Looked last, long now) {
    for (Path root : roots) {
      Path file = root.resolve(mapping + SUFFIX);
      if (Files.isRegularFile(file)) {
        return read(file, root, last, now);
      }
    }
    return new Looked("", now, null, null);
  }

  private static Looked read(Path file, Path root, @Nullable Looked last, long now) {
    PayloadFile good = last == null ? null : last.good();
    String stamp = stamp(file, good);
    if (last != null && last.stamp().equals(stamp) && last.problem() == null) {
      return new Looked(stamp, now, good, null);
    }
    try {
      PayloadFile fresh = PayloadFile.load(file, root);
      LOG.info("payload format read from {}", file);
      return new Looked(stamp(file, fresh), now, fresh, null);
    } catch (IOException | PayloadException e) {
      String problem = file + ": " + e.getMessage();
      if (last == null || !problem.equals(last.problem())) {
        LOG.warn("{}; {}", problem, good == null ? "no format is in use" : "the last stays in use");
      }
      return new Looked(stamp, now, good, problem);
    }
  }

  private static String stamp(Path file, @Nullable PayloadFile good) {
    StringBuilder stamp = new StringBuilder();
    for (Path path : good == null ? List.of(file) : good.files()) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        stamp.append(attributes.fileKey()).append(' ').append(attributes.size()).append(' ');
        stamp.append(attributes.lastModifiedTime()).append('\n');
      } catch (IOException e) {
        stamp.append("gone\n");
      }
    }
    return stamp.toString();
  }
}
