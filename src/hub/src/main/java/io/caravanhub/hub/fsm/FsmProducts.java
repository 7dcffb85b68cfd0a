package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAdapter;
import io.caravanhub.core.fsm.FsmDeclarationException;
import io.caravanhub.core.fsm.FsmProductFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The adapters in the folder now. A folder that has changed is read again by whoever asks next; one
 * that turned bad goes on in its last good version. Thread-safe.
 */
@Component
public class FsmProducts {
  private static final Logger LOG = LoggerFactory.getLogger(FsmProducts.class);

  private final Path folder;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /**
   * An adapter of the folder.
   *
   * @param adapter in its last good version, or null when there never was one
   * @param problem why the present version is refused, or null
   */
  public record Known(String stamp, @Nullable FsmAdapter adapter, @Nullable String problem) {}

  public FsmProducts(@Value("${hub.connectors:./connectors}") Path connectors) {
    this.folder = connectors.resolve("fsm");
  }

  /** All of them, by name. */
  public Map<String, Known> all() {
    Map<String, Known> all = new java.util.TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path one : folders.toList()) {
        String name = one.getFileName().toString();
        look(name).ifPresent(found -> all.put(name, found));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The adapter of this name, if it can be used. */
  public Optional<FsmAdapter> find(String name) {
    return look(name).map(Known::adapter);
  }

  /** The adapter of this name, good or not. */
  public Optional<Known> look(String name) {
    Path own = folder.resolve(name);
    if (!name.matches("[a-z0-9][a-z0-9-]*") || !Files.exists(own.resolve(FsmProductFile.NAME))) {
      return Optional.empty();
    }
    String stamp = stamp(own);
    Known before = known.get(name);
    if (before == null || !before.stamp().equals(stamp)) {
      before = read(own, stamp, before == null ? null : before.adapter());
      known.put(name, before);
    }
    return Optional.of(before);
  }

  private static Known read(Path own, String stamp, @Nullable FsmAdapter last) {
    try {
      return new Known(stamp, FsmProductFile.read(own), null);
    } catch (FsmDeclarationException e) {
      LOG.warn("{} refused: {}", own, e.getMessage());
      return new Known(stamp, last, e.getMessage());
    }
  }

  private static String stamp(Path own) {
    try (Stream<Path> files = Files.list(own)) {
      List<String> stamps =
          files
              .filter(Files::isRegularFile)
              .sorted()
              .map(
                  f ->
                      f.getFileName() + " " + f.toFile().lastModified() + " " + f.toFile().length())
              .toList();
      return String.join("\n", stamps);
    } catch (IOException e) {
      return "";
    }
  }
}
