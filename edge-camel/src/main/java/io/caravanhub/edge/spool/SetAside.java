package io.caravanhub.edge.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Corrupt files beside the spool, {@code <file>.corrupt-<time>}, the oldest first. */
final class SetAside {
  private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
  private static final String MARK = ".corrupt-";
  private static final int KEPT_FILES = 3;
  private static final List<String> PARTS = List.of("", "-wal", "-shm", "-journal");

  private final Path file;
  private long bytes;

  SetAside(Path file) {
    this.file = file;
  }

  /** Where a file goes that is set aside at this time. */
  Path at(String time) {
    return file.resolveSibling(file.getFileName() + MARK + time);
  }

  /** Bytes of all of them, as of the last look. */
  long bytes() {
    return bytes;
  }

  /** Looks anew; a card that dies must not fill itself with what it spoilt. */
  void look() throws IOException {
    List<Path> files = files();
    for (Path old : files.subList(0, Math.max(0, files.size() - KEPT_FILES))) {
      LOG.warn("Deletes {}: only the last {} are kept", old, KEPT_FILES);
      deleteAll(old);
    }
    bytes = 0;
    for (Path left : files()) {
      for (String part : PARTS) {
        Path one = Path.of(left + part);
        bytes += Files.exists(one) ? Files.size(one) : 0;
      }
    }
  }

  /** Deletes the oldest; what could be read of it is in the spool. */
  void giveWay() throws IOException {
    List<Path> files = files();
    if (!files.isEmpty()) {
      LOG.warn("Deletes {}: its room is needed for records", files.get(0));
      deleteAll(files.get(0));
    }
    look();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> beside = Files.list(file.toAbsolutePath().resolveSibling(""))) {
      return beside
          .filter(
              path ->
                  path.getFileName().toString().startsWith(file.getFileName() + MARK)
                      && !path.toString().matches(".*-(wal|shm|journal)"))
          .sorted()
          .toList();
    }
  }

  /** A database with its log. */
  static void deleteAll(Path path) throws IOException {
    for (String part : PARTS) {
      Files.deleteIfExists(Path.of(path + part));
    }
  }
}
