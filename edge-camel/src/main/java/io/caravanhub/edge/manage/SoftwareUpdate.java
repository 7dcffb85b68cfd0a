package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs releases into the slot that does not run, in the folder that the start script looks at:
 *
 * <pre>
 * A/ B/       the slots, each with its file VERSION
 * current     link to the slot that runs
 * pending     names the slot that has not proved itself yet
 * starts      how often the script has started it
 * fallback    the script went back to the other slot: the version that failed
 * rejected    the version that is not tried again
 * </pre>
 *
 * One thread at a time.
 */
final class SoftwareUpdate {
  private static final Logger LOG = LoggerFactory.getLogger(SoftwareUpdate.class);
  private static final Duration REST = Duration.ofMinutes(15);
  private static final String UNKNOWN = "unknown";

  private final ManageSettings settings;
  private final HubApi hub;
  private final LongSupplier nanoClock;
  private final @Nullable Path releases;
  private long startedAt;
  private String slot = "";
  private boolean met;
  private @Nullable Report waiting;
  private @Nullable Long restingUntil;
  private @Nullable String tooOld;

  private record Report(String version, String state, @Nullable String error) {}

  SoftwareUpdate(ManageSettings settings, HubApi hub, LongSupplier nanoClock) {
    this.settings = settings;
    this.hub = hub;
    this.nanoClock = nanoClock;
    this.releases = settings.releases();
  }

  /** The process has started: finds out what the start script did meanwhile. */
  void started() {
    startedAt = nanoClock.getAsLong();
    if (releases == null) {
      return;
    }
    try {
      slot = current();
      String failed = text("fallback");
      if (failed != null) {
        DurableFiles.replace(releases.resolve("rejected"), bytes(failed));
        waiting =
            new Report(failed, "rolled_back", "it was started three times and never proved itself");
      }
    } catch (IOException e) {
      LOG.warn("The folder of releases cannot be read: {}", e.toString());
    }
  }

  /** Confirms a release that has run for long enough and reached the hub. */
  void watch(SiteHealth health) throws IOException {
    met |= health.uplink();
    Path folder = releases;
    // The process that has installed a release sees it pending too, and is not on trial itself.
    if (folder == null || !slot.equals(text("pending"))) {
      return;
    }
    Duration since = Duration.ofNanos(nanoClock.getAsLong() - startedAt);
    if (met && since.compareTo(settings.healthyWithin()) >= 0) {
      Files.delete(folder.resolve("pending"));
      Files.deleteIfExists(folder.resolve("starts"));
      DurableFiles.sync(folder);
      String version = version();
      LOG.info("Release {} has proved itself", version);
      waiting = new Report(version, "healthy", null);
      report();
    }
  }

  /**
   * Looks for another release and installs it.
   *
   * @return true when the process is to end so that the other slot starts
   */
  boolean look() throws IOException {
    report();
    if (settings.softwareKey() == null || releases == null || isPending()) {
      return false;
    }
    HubApi.Answer answer = hub.get("/gateways/" + settings.gateway() + "/software", null);
    if (!answer.isOk()) {
      throw new IOException(answer.problem());
    }
    String version = answer.body().path("version").asText("");
    if (answer.body().path("version").isNull()
        || version.isEmpty()
        || version.equals(version())
        || version.equals(text("rejected"))
        || isResting()
        || isTooOld(version)) {
      return false;
    }
    return install(version, answer.body());
  }

  private boolean isResting() {
    Long until = restingUntil;
    return until != null && nanoClock.getAsLong() - until < 0;
  }

  /** Said once: the owner may allow it, and then it is installed. */
  private boolean isTooOld(String version) throws IOException {
    String running = version();
    boolean old =
        !settings.older()
            && !running.equals(UNKNOWN)
            && ReleaseVersion.compare(version, running) < 0;
    if (old && !version.equals(tooOld)) {
      String why = "it is older than " + running + "; manage.software.older in edge.yaml allows it";
      LOG.error("Release {} is refused: {}", version, why);
      say(version, "refused", why);
    }
    tooOld = old ? version : null;
    return old;
  }

  private boolean install(String version, JsonNode release) throws IOException {
    Path folder = Objects.requireNonNull(releases);
    if (!version.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")) {
      throw new IOException("the hub names a release \"" + version + '"');
    }
    ReleaseFile file = new ReleaseFile(folder, version);
    try {
      say(version, "downloading", null);
      load(file, version, release);
      Path slot = unpacked(file, version);
      Files.deleteIfExists(folder.resolve("starts"));
      DurableFiles.replace(folder.resolve("pending"), bytes(slot.getFileName() + "\n"));
      DurableFiles.link(folder.resolve("current"), Path.of(String.valueOf(slot.getFileName())));
      file.forget();
      say(version, "installed", null);
      LOG.info("Release {} is in slot {}; starting it", version, slot.getFileName());
      return true;
    } catch (Release.RefusedException e) {
      DurableFiles.replace(folder.resolve("rejected"), bytes(version + "\n"));
      LOG.error("Release {} is refused: {}", version, e.getMessage());
      file.forget();
      say(version, "refused", String.valueOf(e.getMessage()));
      return false;
    } catch (IOException e) {
      if (!file.isWhole()) {
        throw e;
      }
      // The disk is full, or the like: nothing is wrong with the release.
      restingUntil = nanoClock.getAsLong() + REST.toNanos();
      LOG.warn("Release {} cannot be put into its slot, next try in {}: {}", version, REST, "" + e);
      say(version, "downloading", "not yet in its slot, tried again in " + REST + ": " + e);
      return false;
    } finally {
      DurableFiles.delete(folder.resolve("A.new"));
      DurableFiles.delete(folder.resolve("B.new"));
    }
  }

  /** What is of an earlier try, and may have suffered from a loss of power, is loaded anew once. */
  private void load(ReleaseFile file, String version, JsonNode release) throws IOException {
    boolean earlier = file.load(release, hub, settings.mostBytes());
    try {
      Release.verify(
          file.path(),
          release.path("sha256").asText(),
          release.path("signature").asText(),
          Objects.requireNonNull(settings.softwareKey()));
    } catch (Release.RefusedException e) {
      if (!earlier) {
        throw e;
      }
      file.forget();
      throw new IOException(
          "what was there of release " + version + " is loaded anew: " + e.getMessage(), e);
    }
  }

  /** Puts the release into the slot that does not run, through to the disk. */
  private Path unpacked(ReleaseFile file, String version) throws IOException {
    Path folder = Objects.requireNonNull(releases);
    Path slot = folder.resolve(other());
    Path draft = folder.resolve(other() + ".new");
    Release.unpack(file.path(), draft);
    Path inner = single(draft);
    if (!Files.isDirectory(inner.resolve("lib"))) {
      throw new Release.RefusedException("it has no folder lib: is it a package of this gateway?");
    }
    Path stated = inner.resolve("VERSION");
    String own =
        Files.isRegularFile(stated)
            ? new String(Files.readAllBytes(stated), StandardCharsets.UTF_8).strip()
            : "";
    if (!own.equals(version)) {
      throw new Release.RefusedException(
          "its file VERSION says \"%s\", under which it is to be registered".formatted(own));
    }
    DurableFiles.delete(slot);
    Files.move(inner, slot);
    DurableFiles.sync(folder);
    return slot;
  }

  private static Path single(Path draft) throws IOException {
    try (Stream<Path> all = Files.list(draft)) {
      List<Path> top = all.toList();
      return top.size() == 1 && Files.isDirectory(top.get(0), LinkOption.NOFOLLOW_LINKS)
          ? top.get(0)
          : draft;
    }
  }

  private boolean isPending() {
    return releases != null && Files.exists(releases.resolve("pending"));
  }

  /** The version that runs. */
  String version() throws IOException {
    String version = text("current/VERSION");
    return version == null ? UNKNOWN : version;
  }

  private String other() throws IOException {
    return current().equals("A") ? "B" : "A";
  }

  /** The slot that the script starts. */
  private String current() throws IOException {
    Path current = Files.readSymbolicLink(Objects.requireNonNull(releases).resolve("current"));
    return String.valueOf(current.getFileName());
  }

  private @Nullable String text(String name) throws IOException {
    try {
      return Files.readString(Objects.requireNonNull(releases).resolve(name)).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void say(String version, String state, @Nullable String error) throws IOException {
    waiting = new Report(version, state, error);
    report();
  }

  private void report() throws IOException {
    Report next = waiting;
    if (next == null) {
      return;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("version", next.version());
    body.put("state", next.state());
    if (next.error() != null) {
      body.put("error", next.error());
    }
    try {
      HubApi.Answer answer = hub.post("/gateways/" + settings.gateway() + "/software/report", body);
      if (answer.isOk()) {
        waiting = null;
        if (next.state().equals("rolled_back") && releases != null) {
          Files.deleteIfExists(releases.resolve("fallback"));
        }
      } else {
        LOG.warn("The report of release {} was not taken: {}", next.version(), answer.problem());
      }
    } catch (IOException e) {
      LOG.debug("The report of release {} waits: {}", next.version(), e.toString());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
