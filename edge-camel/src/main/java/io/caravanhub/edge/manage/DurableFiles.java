package io.caravanhub.edge.manage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Files that are there whole or not at all, whenever the power goes. */
final class DurableFiles {
  private static final Set<StandardOpenOption> FRESH =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private DurableFiles() {}

  /** Puts the content in the file's place, by a file beside it and a rename. */
  static void replace(Path file, byte[] content) throws IOException {
    Path draft = beside(file);
    write(draft, content);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(parent(file));
  }

  /** The same, readable by its owner alone from the first byte on. */
  static void replacePrivate(Path file, byte[] content) throws IOException {
    Path draft = beside(file);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            FRESH,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      fill(channel, content);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(parent(file));
  }

  /** Writes a file that is not there yet through to the disk. */
  static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(parent(file));
    try (FileChannel channel = FileChannel.open(file, FRESH)) {
      fill(channel, content);
    }
  }

  private static void fill(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(content);
    while (left.hasRemaining()) {
      channel.write(left);
    }
    channel.force(true);
  }

  /** Makes the link point there, in one step. */
  static void link(Path link, Path target) throws IOException {
    Path draft = beside(link);
    Files.createSymbolicLink(draft, target);
    Files.move(draft, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(parent(link));
  }

  /** Makes what happened in a folder, or was written into a file, last. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes what happened in a folder and in all below it last. */
  static void syncAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).toList()) {
        sync(path);
      }
    }
  }

  /** Deletes a file, or a folder with all in it; links are deleted, never followed. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Path beside(Path file) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    return draft;
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }
}
