package io.caravanhub.hub.devicemap;

import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The files of device maps: those the hub is shipped with, in the folder of mappings, which nobody
 * writes to, and a tenant's own below {@code HUB_HOME/device-maps/<tenant>}, which go before them.
 * A tenant sees no other's. Thread-safe.
 */
@Component
public class DeviceMapFolder {
  /** Below the hub's home: a folder for each tenant that has maps of its own. */
  public static final String FOLDER = "device-maps";

  private static final int DEEPEST = 5;
  private static final int MOST = 1_000;

  private final Path shipped;
  private final Path tenants;

  DeviceMapFolder(@Value("${hub.mappings}") Path mappings, @Value("${hub.home}") Path home) {
    this.shipped = mappings.toAbsolutePath().normalize();
    this.tenants = home.resolve(FOLDER).toAbsolutePath().normalize();
  }

  /**
   * A map.
   *
   * @param own whether the content is the tenant's own
   * @param shipped whether the hub is shipped with a map of this name
   */
  record Stored(String name, String content, boolean own, boolean shipped) {
    /** Its entity tag, in its quotes. */
    String tag() {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The names that a tenant sees, sorted. */
  SortedSet<String> names(String tenant) {
    SortedSet<String> names = below(shipped);
    names.addAll(below(ofTenant(tenant)));
    return names;
  }

  Optional<Stored> find(String tenant, String name) {
    String own = text(ofTenant(tenant).resolve(name));
    String shippedText = text(shipped.resolve(name));
    String content = own != null ? own : shippedText;
    return content == null
        ? Optional.empty()
        : Optional.of(new Stored(name, content, own != null, shippedText != null));
  }

  /**
   * Makes it the tenant's own, by a rename: whoever reads meanwhile has the old text or the new.
   */
  void write(String tenant, String name, String content) {
    Path folder = ofTenant(tenant);
    Path file = folder.resolve(name);
    if (!Files.exists(file) && below(folder).size() >= MOST) {
      throw ProblemException.conflict(
          "name", "there are " + MOST + " maps already; delete one that no device uses");
    }
    try {
      Path parent = file.resolveSibling("");
      Files.createDirectories(parent);
      Path fresh = Files.createTempFile(parent, ".", ".new");
      try {
        Files.writeString(fresh, content);
        Files.move(
            fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("device map " + name + " cannot be written: " + e, e);
    }
  }

  /** Takes the tenant's own away. */
  void delete(String tenant, String name) {
    try {
      Files.deleteIfExists(ofTenant(tenant).resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("device map " + name + " cannot be deleted: " + e, e);
    }
  }

  // A tenant's id has lower-case letters, digits and dashes only, and a name no dots alone.
  private Path ofTenant(String tenant) {
    Path folder = tenants.resolve(tenant);
    if (!folder.normalize().equals(folder) || !tenants.equals(folder.getParent())) {
      throw new IllegalArgumentException("tenant " + tenant + " has no folder");
    }
    return folder;
  }

  private static SortedSet<String> below(Path folder) {
    SortedSet<String> names = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try {
        Files.walkFileTree(folder, Set.of(), DEEPEST, new Names(folder, names));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return names;
  }

  /** Gathers names of files; what goes away meanwhile is none. */
  private static final class Names extends SimpleFileVisitor<Path> {
    private final Path folder;
    private final SortedSet<String> names;

    Names(Path folder, SortedSet<String> names) {
      this.folder = folder;
      this.names = names;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = folder.relativize(file).toString();
      if (Files.isRegularFile(file) && DeviceMapNames.isName(name)) {
        names.add(name);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException why) {
      return FileVisitResult.CONTINUE;
    }
  }

  private static @Nullable String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (Files.isRegularFile(file)) {
        throw new UncheckedIOException("device map " + file + " cannot be read: " + e, e);
      }
      return null;
    }
  }
}
