package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
  private final ManageSettings settings;
  private final HubApi hub;
  private final LongSupplier nanoClock;
  private final @Nullable Path releases;
  private long startedAt;
  private boolean met;
  private @Nullable Report waiting;

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
    if (folder == null || !Files.exists(folder.resolve("pending"))) {
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
        || version.equals(text("rejected"))) {
      return false;
    }
    return install(version, answer.body());
  }

  private boolean install(String version, JsonNode release) throws IOException {
    Path folder = Objects.requireNonNull(releases);
    if (!version.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")) {
      throw new IOException("the hub names a release \"" + version + '"');
    }
    Path file = folder.resolve("download-" + version + ".tar.gz");
    forgetOthers(folder, file);
    try {
      say(version, "downloading", null);
      download(release, file);
      Release.verify(
          file,
          release.path("sha256").asText(),
          release.path("signature").asText(),
          Objects.requireNonNull(settings.softwareKey()));
      Path slot = folder.resolve(other());
      Path draft = folder.resolve(other() + ".new");
      Release.unpack(file, draft);
      Path inner = single(draft);
      if (!Files.isDirectory(inner.resolve("lib"))) {
        throw new Release.RefusedException(
            "it has no folder lib: is it a package of this gateway?");
      }
      DurableFiles.replace(inner.resolve("VERSION"), bytes(version + "\n"));
      DurableFiles.delete(slot);
      Files.move(inner, slot);
      DurableFiles.delete(draft);
      DurableFiles.sync(folder);
      Files.deleteIfExists(folder.resolve("starts"));
      DurableFiles.replace(folder.resolve("pending"), bytes(slot.getFileName() + "\n"));
      DurableFiles.link(folder.resolve("current"), Path.of(String.valueOf(slot.getFileName())));
      say(version, "installed", null);
      LOG.info("Release {} is in slot {}; starting it", version, slot.getFileName());
      return true;
    } catch (Release.RefusedException e) {
      DurableFiles.replace(folder.resolve("rejected"), bytes(version + "\n"));
      LOG.error("Release {} is refused: {}", version, e.getMessage());
      say(version, "refused", String.valueOf(e.getMessage()));
      return false;
    } finally {
      if (!Files.exists(file.resolveSibling(file.getFileName() + ".part"))) {
        forget(folder);
      }
    }
  }

  /** Goes on with what an earlier try has; a file that is too large is refused early. */
  private void download(JsonNode release, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpResponse<InputStream> response = hub.file(release.path("url").asText(), have);
    try (InputStream body = response.body()) {
      if (response.statusCode() == 416) {
        DurableFiles.delete(part);
        throw new IOException("the download begins anew: the file has changed");
      }
      if (response.statusCode() != 200 && response.statusCode() != 206) {
        throw new IOException("the file of the release: HTTP " + response.statusCode());
      }
      boolean goesOn = response.statusCode() == 206;
      long size = goesOn ? have : 0;
      try (OutputStream out =
          Files.newOutputStream(
              part,
              StandardOpenOption.CREATE,
              goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        byte[] buffer = new byte[65_536];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
          size += n;
          if (size > settings.mostBytes()) {
            DurableFiles.delete(part);
            throw new Release.RefusedException(
                "it has more than " + settings.mostBytes() + " bytes");
          }
          out.write(buffer, 0, n);
        }
      }
    }
    long size = release.path("size").asLong(Files.size(part));
    if (Files.size(part) < size) {
      throw new IOException(
          "the download broke off after %d of %d bytes".formatted(Files.size(part), size));
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What is left of releases that are not wanted any more. */
  private static void forgetOthers(Path folder, Path file) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.filter(p -> isOther(p, file)).toList()) {
        DurableFiles.delete(path);
      }
    }
  }

  private static boolean isOther(Path path, Path file) {
    String name = path.getFileName().toString();
    return name.startsWith("download-") && !name.startsWith(file.getFileName().toString());
  }

  private static void forget(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> old =
          all.filter(p -> p.getFileName().toString().matches("download-.*\\.tar\\.gz|[AB]\\.new"))
              .toList();
      for (Path path : old) {
        DurableFiles.delete(path);
      }
    }
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
    return version == null ? "unknown" : version;
  }

  private String other() throws IOException {
    Path current = Files.readSymbolicLink(Objects.requireNonNull(releases).resolve("current"));
    return String.valueOf(current.getFileName()).equals("A") ? "B" : "A";
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
