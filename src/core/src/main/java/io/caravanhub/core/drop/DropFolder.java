package io.caravanhub.core.drop;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One folder: which of its files are whole, and where they go. Files that were read lie in {@code
 * .done} or are gone, those that could not be in {@code .failed} beside the reason. Called by one
 * thread after the other.
 */
public final class DropFolder {
  private static final String DONE = ".done";
  private static final String FAILED = ".failed";
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'-'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final DropPlan plan;
  private final boolean deletes;
  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(Dropped file, long since) {}

  /**
   * A folder.
   *
   * @param deletes whether files that were read are not kept
   */
  public DropFolder(Path folder, DropPlan plan, boolean deletes) {
    this.folder = folder;
    this.plan = plan;
    this.deletes = deletes;
  }

  /** Makes the folders for what was read, so that one that cannot be written is known before. */
  public void prepare() throws IOException {
    for (String name : List.of(DONE, FAILED)) {
      Path path = folder.resolve(name);
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(path);
      }
      if (!Files.isWritable(path) || !Files.isWritable(folder)) {
        throw new IOException("the hub may not write into it");
      }
    }
  }

  /** The files that are there, whole or not, the oldest first. */
  public List<Dropped> all() throws IOException {
    List<Dropped> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        BasicFileAttributes is =
            plan.takes(file.getFileName().toString()) ? attributes(file) : null;
        if (is != null && (is.isRegularFile() || is.isSymbolicLink())) {
          all.add(dropped(file, is));
        }
      }
    }
    all.sort(Comparator.comparing(Dropped::modified).thenComparing(Dropped::name));
    return all;
  }

  /** Those of them that have not changed for long enough, as far as they were looked at. */
  public List<Dropped> settled() throws IOException {
    long now = System.nanoTime();
    List<Dropped> settled = new ArrayList<>();
    Map<String, Seen> before = new HashMap<>(seen);
    seen.clear();
    for (Dropped file : all()) {
      Seen known = before.get(file.name());
      long since = known == null || !known.file.equals(file) ? now : known.since;
      seen.put(file.name(), new Seen(file, since));
      if (now - since >= plan.settled().toNanos()) {
        settled.add(file);
      }
    }
    return settled;
  }

  /** Whether it is another file now, or gone. */
  public boolean hasChanged(Dropped file) throws IOException {
    BasicFileAttributes is = attributes(file.path());
    return is == null || !dropped(file.path(), is).equals(file);
  }

  /** Puts away a file all of whose rows are stored; one that has changed meanwhile stays. */
  public void done(Dropped file) throws IOException {
    if (hasChanged(file)) {
      return;
    }
    if (deletes) {
      Files.deleteIfExists(file.path());
    } else {
      move(file, DONE);
    }
  }

  /** Puts a file aside that cannot be read, with the reason beside it. */
  public void failed(Dropped file, String reason) throws IOException {
    Path to = move(file, FAILED);
    if (to != null) {
      Path told = to.resolveSibling(to.getFileName() + ".reason.txt");
      // What lies there may be a link that leads elsewhere.
      Files.deleteIfExists(told);
      Files.writeString(
          told, reason + "\n", StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }
  }

  private @Nullable Path move(Dropped file, String into) throws IOException {
    Path target = folder.resolve(into).resolve(file.name());
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      target = target.resolveSibling(SECOND.format(Instant.now()) + file.name());
    }
    try {
      return Files.move(file.path(), target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private static Dropped dropped(Path file, BasicFileAttributes is) {
    return new Dropped(file, is.size(), is.lastModifiedTime().toInstant());
  }

  private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException gone) {
      return null;
    }
  }
}
