package io.caravanhub.edge.manage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.bundle.Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of this gateway's configuration that it has, in a folder:
 *
 * <pre>
 * versions/12/files/…   the files as the hub gave them; version 0 has none
 * versions/12/mappings  what is read: links to the package's mappings, and over them the version's own
 * versions/12/rules     the same of rules
 * current               link to the version in force
 * pending.json          a version that has been switched to and is not confirmed
 * outcome.json          what became of the last one, and whether the hub knows
 * enrolment             a hash of the enrolment that outcome.json is of
 * </pre>
 *
 * Each step leaves the folder such that a start after a loss of power goes on from it. Not
 * thread-safe.
 */
final class VersionStore {
  private static final Logger LOG = LoggerFactory.getLogger(VersionStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEPT = 5;

  private final Path folder;
  private final Path packaged;
  private final @Nullable Path rules;

  /**
   * @param folder where the versions are
   * @param packaged the mappings that the package brings
   * @param rules the gateway's own rules, or null
   */
  VersionStore(Path folder, Path packaged, @Nullable Path rules) {
    this.rules = rules;
    this.folder = folder.toAbsolutePath().normalize();
    this.packaged = packaged.toAbsolutePath().normalize();
  }

  /**
   * A version on trial.
   *
   * @param previous the one to go back to
   * @param wasDown devices whose connections were down before it
   * @param uplink whether the hub was connected before it
   * @param starts how often the gateway was started since
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Pending(int version, int previous, Set<String> wasDown, boolean uplink, int starts) {
    Pending {
      wasDown = Set.copyOf(Objects.requireNonNullElse(wasDown, Set.of()));
    }
  }

  /**
   * What became of a version.
   *
   * @param sha256 of its files, or null when that is not known
   * @param told whether the hub has been told
   * @param again how many more times it may be tried
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Outcome(
      int version,
      @Nullable String sha256,
      String state,
      @Nullable String error,
      boolean told,
      int again) {
    Outcome(int version, String state, @Nullable String error, boolean told) {
      this(version, null, state, error, told, 0);
    }

    /** What became of the same files now, of which the hub has not been told. */
    Outcome now(String what, @Nullable String why, int left) {
      return new Outcome(version, sha256, what, why, false, left);
    }

    Outcome asTold() {
      return new Outcome(version, sha256, state, error, true, again);
    }

    /** Whether it is about these files; a version of another hub has the number alone. */
    boolean isOf(int other, String otherSha256) {
      return version == other && (sha256 == null || sha256.equals(otherSha256));
    }

    /** Whether the version is not to be tried any more. */
    boolean isFinal() {
      return state.equals("refused") || state.equals("rolled_back") && again == 0;
    }
  }

  /**
   * Makes the folder ready: remains go, and there is a version in force.
   *
   * @return the version that was in force and is no longer whole, or null
   */
  @Nullable Integer open() throws IOException {
    Files.createDirectories(versions());
    try (Stream<Path> found = Files.list(versions())) {
      for (Path path : found.toList()) {
        if (path.getFileName().toString().startsWith(".")) {
          DurableFiles.delete(path);
        }
      }
    }
    if (!Files.isDirectory(path(0).resolve("files"))) {
      write(0, Bundle.EMPTY);
    }
    if (!Files.isSymbolicLink(folder.resolve("current"))) {
      switchTo(0);
    }
    Integer lost = null;
    for (int version = current(); ; version = before(version)) {
      try {
        if (version == current()) {
          overlay(version);
        } else {
          switchTo(version);
        }
        return lost;
      } catch (IOException e) {
        if (version == 0) {
          throw e;
        }
        LOG.error("Version {} in {} is not whole: {}", version, versions(), e.toString());
        lost = lost == null ? Integer.valueOf(version) : lost;
      }
    }
  }

  /** The version in force. */
  int current() throws IOException {
    Path target = Files.readSymbolicLink(folder.resolve("current"));
    return Integer.parseInt(String.valueOf(target.getFileName()));
  }

  /** Where the version in force is, always under the same name. */
  Path inForce() {
    return folder.resolve("current");
  }

  Path path(int version) {
    return versions().resolve(String.valueOf(version));
  }

  boolean has(int version) {
    return Files.isDirectory(path(version).resolve("files"));
  }

  /** The newest version here that is older than this one; 0 for none. */
  int before(int version) throws IOException {
    return numbers().stream().filter(kept -> kept < version).findFirst().orElse(0);
  }

  /** Keeps the files of a version, whole or not at all. */
  void write(int version, Bundle bundle) throws IOException {
    Path draft = versions().resolve("." + version);
    DurableFiles.delete(draft);
    // There is always a folder to watch.
    for (String kind : List.of("maps", "mappings", "rules", "routes")) {
      Files.createDirectories(draft.resolve("files").resolve(kind));
    }
    for (Map.Entry<String, String> file : bundle.files().entrySet()) {
      Path path = draft.resolve("files").resolve(file.getKey()).normalize();
      if (!path.startsWith(draft.resolve("files"))) {
        throw new IOException(file.getKey() + " leaves the folder");
      }
      DurableFiles.write(path, file.getValue().getBytes(StandardCharsets.UTF_8));
    }
    DurableFiles.syncAll(draft);
    DurableFiles.delete(path(version));
    Files.move(draft, path(version));
    DurableFiles.sync(versions());
  }

  /** The files of a version. */
  Bundle read(int version) throws IOException {
    Path files = path(version).resolve("files");
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(files)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        found.put(files.relativize(path).toString().replace('\\', '/'), Files.readString(path));
      }
    }
    return new Bundle(found);
  }

  /** SHA-256 of a version's files as they are on the disk, or empty when they cannot be read. */
  String sha256(int version) {
    try {
      return read(version).sha256();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("Version {} cannot be read: {}", version, e.toString());
      return "";
    }
  }

  /** Puts a version in force: from one moment to the next all of its files are read. */
  void switchTo(int version) throws IOException {
    overlay(version);
    DurableFiles.link(
        folder.resolve("current"), Path.of("versions").resolve(String.valueOf(version)));
  }

  /** Links what the package brings, and over it what the version has of its own. */
  private void overlay(int version) throws IOException {
    if (!has(version)) {
      throw new NoSuchFileException(path(version).resolve("files").toString());
    }
    Path mappings = path(version).resolve("mappings");
    DurableFiles.delete(mappings);
    Files.createDirectories(mappings);
    if (Files.isDirectory(packaged)) {
      linkAll(packaged, mappings);
    }
    linkAll(path(version).resolve("files/mappings"), mappings);
    linkAll(path(version).resolve("files/maps"), mappings);
    Path judged = path(version).resolve("rules");
    DurableFiles.delete(judged);
    Files.createDirectories(judged);
    if (rules != null && Files.isDirectory(rules)) {
      linkAll(rules, judged);
    }
    linkAll(path(version).resolve("files/rules"), judged);
  }

  // The folder may be a link itself, as it is in a clone.
  private static void linkAll(Path folder, Path to) throws IOException {
    Path from = folder.toRealPath();
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path link = to.resolve(from.relativize(file).toString());
        Files.createDirectories(link.resolveSibling(""));
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, file);
      }
    }
  }

  Optional<Pending> pending() throws IOException {
    return read("pending.json", Pending.class);
  }

  void pending(Pending pending) throws IOException {
    DurableFiles.replace(folder.resolve("pending.json"), JSON.writeValueAsBytes(pending));
  }

  void endPending() throws IOException {
    Files.deleteIfExists(folder.resolve("pending.json"));
    DurableFiles.sync(folder);
  }

  Optional<Outcome> outcome() throws IOException {
    return read("outcome.json", Outcome.class);
  }

  void outcome(Outcome outcome) throws IOException {
    DurableFiles.replace(folder.resolve("outcome.json"), JSON.writeValueAsBytes(outcome));
  }

  /** Deletes a version that did not do, so that nothing goes back to it; not the one in force. */
  void discard(int version) throws IOException {
    if (version != current() && version != 0) {
      DurableFiles.delete(path(version));
    }
  }

  /** Keeps the newest versions, the one in force and the one it came from. */
  void prune(int previous) throws IOException {
    int current = current();
    List<Integer> numbers = numbers();
    for (int version : numbers.subList(Math.min(KEPT, numbers.size()), numbers.size())) {
      if (version != current && version != previous && version != 0) {
        DurableFiles.delete(path(version));
      }
    }
  }

  /** The newest first. */
  private List<Integer> numbers() throws IOException {
    try (Stream<Path> found = Files.list(versions())) {
      return found
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("\\d{1,9}"))
          .map(Integer::valueOf)
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  /**
   * Keeps as whom the gateway is enrolled. What became of a version is forgotten with another
   * enrolment: that hub has not heard of it, and has other versions under the same numbers.
   *
   * @param who differs from enrolment to enrolment, and tells no secret
   */
  void enrolled(String who) throws IOException {
    Path file = folder.resolve("enrolment");
    String known = Files.exists(file) ? Files.readString(file) : who;
    if (!known.equals(who)) {
      Files.deleteIfExists(folder.resolve("outcome.json"));
    }
    if (!known.equals(who) || !Files.exists(file)) {
      DurableFiles.replacePrivate(file, who.getBytes(StandardCharsets.UTF_8));
    }
  }

  private <T> Optional<T> read(String name, Class<T> type) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      LOG.error("{} cannot be read and is set aside: {}", file, e.getOriginalMessage());
      Files.move(
          file, folder.resolve(name + ".bad"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      return Optional.empty();
    }
  }

  private Path versions() {
    return folder.resolve("versions");
  }
}
