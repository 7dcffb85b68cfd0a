package io.caravanhub.edge.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Releases from a real HTTP server into real slots, and those that must not get there. */
class SoftwareUpdateTest {
  private static final long MOST = 100_000;

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private KeyPair keys;
  private FakeHub hub;
  private Path releases;
  private SoftwareUpdate update;
  private boolean older;
  private Duration patience = Duration.ofSeconds(30);
  private Duration betweenPieces = Duration.ofSeconds(30);

  private static final class Up implements SiteHealth {
    @Override
    public Map<String, String> down() {
      return Map.of();
    }

    @Override
    public Map<String, String> refusedRoutes() {
      return Map.of();
    }

    @Override
    public boolean uplink() {
      return true;
    }
  }

  @BeforeEach
  void start() throws Exception {
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    hub = new FakeHub();
    releases = folder.resolve("releases");
    Files.createDirectories(releases.resolve("A/lib"));
    Files.writeString(releases.resolve("A/VERSION"), "1.0\n");
    Files.createSymbolicLink(releases.resolve("current"), Path.of("A"));
    update = newUpdate();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private SoftwareUpdate newUpdate() {
    SoftwareUpdate fresh =
        new SoftwareUpdate(
            new ManageSettings(
                FakeHub.GATEWAY,
                hub.uri(),
                "secret",
                null,
                folder.resolve("config"),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                true,
                keys.getPublic(),
                older,
                releases,
                MOST),
            new HubApi(hub.uri(), "secret", null, patience, betweenPieces),
            nanos::get);
    fresh.started();
    return fresh;
  }

  private static TarWriter good() {
    return new TarWriter()
        .entry("caravan-edge/", '5', new byte[0], "")
        .file("caravan-edge/VERSION", "2.0\n")
        .file("caravan-edge/lib/a.jar", "new code")
        .file("caravan-edge/bin/caravan-edge", "#!/bin/sh");
  }

  private void offer(byte[] file, KeyPair by) throws Exception {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(by.getPrivate());
    signature.update(file);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(file);
    hub.file = file;
    hub.release =
        Map.of(
            "version",
            "2.0",
            "sha256",
            HexFormat.of().formatHex(hash),
            "signature",
            Base64.getEncoder().encodeToString(signature.sign()),
            "size",
            file.length,
            "url",
            "/api/v1/gateway-software/2.0/file");
  }

  private String current() throws IOException {
    return Files.readSymbolicLink(releases.resolve("current")).toString();
  }

  @Test
  void aReleaseGoesIntoTheOtherSlotAndProvesItself() throws Exception {
    assertThat(update.look()).isFalse();
    offer(good().gzip(), keys);

    assertThat(update.look()).isTrue();

    assertThat(current()).isEqualTo("B");
    assertThat(releases.resolve("B/lib/a.jar")).hasContent("new code");
    assertThat(releases.resolve("B/bin/caravan-edge")).isExecutable();
    assertThat(releases.resolve("pending")).hasContent("B");
    assertThat(update.look()).as("one at a time").isFalse();
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    update.watch(new Up());
    assertThat(releases.resolve("pending")).as("who installed it is not on trial").exists();
    SoftwareUpdate next = newUpdate();
    assertThat(next.version()).isEqualTo("2.0");
    next.watch(new Up());
    assertThat(releases.resolve("pending")).exists();
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    next.watch(new Up());
    assertThat(releases.resolve("pending")).doesNotExist();
    assertThat(next.look()).isFalse();
    assertThat(hub.reports).containsExactly("2.0 downloading", "2.0 installed", "2.0 healthy");
    try (var left = Files.list(releases)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("A", "B", "current");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "other key",
        "other content",
        "cut off",
        "../escape",
        "/absolute",
        "link",
        "too large",
        "no package",
        "no version",
        "other version",
        "no archive"
      })
  void whatMustNotBeInstalledIsRefusedAndReported(String kind) throws Exception {
    switch (kind) {
      case "other key" ->
          offer(good().gzip(), KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
      case "other content" -> {
        offer(good().gzip(), keys);
        hub.file = hub.file.clone();
        hub.file[20] ^= 1;
      }
      case "cut off" -> {
        byte[] whole = good().gzip();
        offer(Arrays.copyOf(whole, whole.length / 2), keys);
      }
      case "../escape" -> offer(good().file("caravan-edge/../../escape", "x").gzip(), keys);
      case "/absolute" -> offer(good().file("/tmp/escape-of-a-release", "x").gzip(), keys);
      case "link" -> offer(good().link("caravan-edge/lib/l", "/etc").gzip(), keys);
      case "too large" -> {
        byte[] much = new byte[(int) MOST + 1];
        offer(much, keys);
      }
      case "no version" -> offer(new TarWriter().file("edge/lib/a.jar", "x").gzip(), keys);
      case "other version" ->
          offer(new TarWriter().file("lib/a.jar", "x").file("VERSION", "1.9\n").gzip(), keys);
      case "no package" -> offer(new TarWriter().file("readme", "x").gzip(), keys);
      default -> offer(new byte[600], keys);
    }

    assertThat(update.look()).isFalse();

    assertThat(current()).isEqualTo("A");
    assertThat(hub.reports).endsWith("2.0 refused");
    assertThat(hub.bodies.get(hub.bodies.size() - 1).path("error").asText()).isNotBlank();
    assertThat(releases.resolve("B")).doesNotExist();
    assertThat(folder.resolve("escape")).doesNotExist();
    assertThat(Path.of("/tmp/escape-of-a-release")).doesNotExist();
    int asked = hub.ranges.size();
    assertThat(newUpdate().look()).as("not tried again").isFalse();
    assertThat(hub.ranges).hasSize(asked);
  }

  @Test
  void aDownloadThatBreaksOffGoesOnWhereItEnded() throws Exception {
    offer(good().gzip(), keys);
    hub.breaksAt = 100;
    assertThatThrownBy(update::look).isInstanceOf(IOException.class);
    assertThat(current()).isEqualTo("A");
    hub.breaksAt = -1;

    assertThat(update.look()).isTrue();

    assertThat(hub.ranges.get(0)).isEqualTo("null");
    assertThat(hub.ranges.get(1)).startsWith("bytes=");
    assertThat(current()).isEqualTo("B");
  }

  @Test
  @Timeout(60)
  void aDownloadFromWhichNothingComesIsGivenUpAndGoesOn() throws Exception {
    offer(good().gzip(), keys);
    hub.breaksAt = 100;
    hub.hangs = "/file";
    betweenPieces = Duration.ofSeconds(2);
    assertThatThrownBy(newUpdate()::look).hasMessageContaining("nothing came for PT2S");
    hub.hangs = "none";
    hub.breaksAt = -1;

    assertThat(update.look()).isTrue();

    assertThat(hub.ranges).containsExactly("null", "bytes=100-");
  }

  @Test
  @Timeout(60)
  void anAnswerThatDoesNotEndIsGivenUp() {
    hub.hangs = "/software";
    patience = Duration.ofSeconds(1);

    assertThatThrownBy(newUpdate()::look).isInstanceOf(IOException.class);
  }

  /** After a loss of power it may be. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsDamagedOfAnEarlierTryIsLoadedAnewOnce(boolean whole) throws Exception {
    offer(good().gzip(), keys);
    byte[] zeros = new byte[whole ? hub.file.length : 100];
    Files.write(releases.resolve("download-2.0.tar.gz.part"), zeros);
    assertThatThrownBy(update::look).hasMessageContaining("is loaded anew");

    assertThat(update.look()).isTrue();

    assertThat(current()).isEqualTo("B");
  }

  @Test
  void aDiskThatDoesNotTakeAFileMakesNoReleaseABadOne() throws Exception {
    String longer = "caravan-edge/lib/" + "x".repeat(300);
    offer(
        new TarWriter()
            .entry("././@LongLink", 'L', longer.getBytes(StandardCharsets.UTF_8), "")
            .file("cut", "x")
            .gzip(),
        keys);

    assertThat(update.look()).isFalse();

    assertThat(releases.resolve("rejected")).doesNotExist();
    assertThat(hub.reports).containsOnly("2.0 downloading");
    assertThat(hub.bodies.get(hub.bodies.size() - 1).path("error").asText())
        .contains("tried again in PT15M");
  }

  @Test
  void afterTroubleWithTheDiskTheFileThatIsThereIsInstalledLater() throws Exception {
    offer(good().gzip(), keys);
    Path inTheWay = releases.resolve(".pending.new/x");
    Files.createDirectories(inTheWay);
    assertThat(update.look()).isFalse();
    assertThat(current()).isEqualTo("A");
    DurableFiles.delete(inTheWay.getParent());
    assertThat(update.look()).as("not at once").isFalse();
    nanos.addAndGet(Duration.ofMinutes(15).toNanos());

    assertThat(update.look()).isTrue();

    assertThat(current()).isEqualTo("B");
    assertThat(hub.ranges).as("downloads").hasSize(1);
    assertThat(releases.resolve("download-2.0.tar.gz")).doesNotExist();
  }

  @Test
  void anOlderReleaseIsInstalledOnlyWhenTheOwnerAllowsIt() throws Exception {
    Files.writeString(releases.resolve("A/VERSION"), "10.0-rc.2\n");
    offer(good().gzip(), keys);
    assertThat(update.look()).isFalse();
    assertThat(update.look()).isFalse();
    assertThat(hub.reports).containsExactly("2.0 refused");
    assertThat(hub.ranges).isEmpty();
    older = true;

    assertThat(newUpdate().look()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1.9, 1.10",
    "1.0-SNAPSHOT, 1.0",
    "1.0-alpha.1, 1.0-alpha.beta",
    "1.0-rc.9, 1.0-rc.10",
    "1.0-rc, 1.0-rc.1",
    "1, 1.0.1",
    "2024-01, 2025-01",
  })
  void theFirstReleaseIsOlder(String one, String other) {
    assertThat(ReleaseVersion.compare(one, other)).isNegative();
    assertThat(ReleaseVersion.compare(other, one)).isPositive();
    assertThat(ReleaseVersion.compare(one, one + "+build.7")).isZero();
  }

  @Test
  void whatTheStartScriptTookBackIsToldAndNotTriedAgain() throws Exception {
    Files.writeString(releases.resolve("fallback"), "2.0\n");
    offer(good().gzip(), keys);
    SoftwareUpdate next = newUpdate();

    assertThat(next.look()).isFalse();

    assertThat(hub.reports).containsExactly("2.0 rolled_back");
    assertThat(releases.resolve("fallback")).doesNotExist();
  }
}
