package io.caravanhub.hub.gatewayconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The running hub configures a gateway, which is a process of its own. */
class ManagedGatewayTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static KeyPair owner;
  private static SiteGateway site;

  @BeforeAll
  static void enrolAndStart() throws Exception {
    owner = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    site =
        new SiteGateway(
            folder,
            "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getEncoder().encodeToString(owner.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
    String code = site.api.call("POST", "/enrolment-codes", "{}").text("code");
    assertThat(site.enrol(code)).isZero();
    assertThat(site.enrol(code)).as("a code is good once").isEqualTo(1);
    assertThat(site.settings()).content().contains("certificate: gateway.crt", "ssl://127.0.0.1");
    site.start();
    site.told(site.publish(site.reading("temperature")), "healthy");
  }

  @AfterAll
  static void stop() throws Exception {
    if (site != null) {
      site.close();
    }
  }

  @Test
  void whatIsPublishedIsReadReportedAndDesired() {
    int version = site.publish(site.reading("heated_water"));

    site.told(version, "healthy");

    assertThat(site.state().path("drift").asBoolean()).isFalse();
    site.read("heated_water");
  }

  @Test
  void aMapOfAnUnknownTypeIsNotPublished() {
    Map<String, String> files = new TreeMap<>(site.reading("heated_water"));
    files.put("maps/heated_water.yaml", SiteGateway.map("heated_water", "int17"));

    Answer refused = site.api.publish(files);

    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    assertThat(refused.text("pointer")).isEqualTo("/files/maps~1heated_water.yaml");
    assertThat(refused.text("detail")).contains("line 6", "int17");
    site.api.call("DELETE", "/configuration/draft", "");
  }

  @Test
  void whatDoesNotComeBackHealthyIsTakenBack() throws Exception {
    int before = site.current();
    Map<String, String> files = new TreeMap<>(site.reading("heated_water"));
    files.computeIfPresent(
        "fieldbus.yaml",
        (path, text) ->
            text
                + SiteGateway.connection(
                    "GONE", "127.0.0.1:" + SiteGateway.freePort(), "heated_water"));

    JsonNode told = site.told(site.publish(files), "rolled_back");

    assertThat(told.path("error").asText()).contains("1 connections are down", "GONE (");
    assertThat(site.current()).isEqualTo(before);
    assertThat(site.state().path("drift").asBoolean()).isTrue();
  }

  @Test
  void localWorkComesWithTheConfiguration() {
    Map<String, String> files = new TreeMap<>(site.reading("temperature"));
    files.put("work.yaml", "rules: [{metrics: temperature, aggregate: {window: PT1S}}]\n");

    site.told(site.publish(files), "healthy");

    site.read("temperature_count_1s");
  }

  /** When the gateway is killed: its last step that came to pass. */
  enum Phase {
    FETCHED,
    WRITTEN,
    SWITCHED,
    CONFIRMING
  }

  @ParameterizedTest
  @EnumSource
  void aKillLeavesAWholeConfigurationAndTheNextStartGoesOn(Phase phase) throws Exception {
    String metric = "killed_" + phase.name().toLowerCase(java.util.Locale.ROOT);
    Map<String, String> old = site.files();
    int before = site.current();
    Map<String, String> fresh = new TreeMap<>(site.reading(metric));
    for (int i = 0; i < 20; i++) {
      fresh.put("maps/other-" + i + ".yaml", SiteGateway.map("other", "int16"));
    }
    CountDownLatch killed = new CountDownLatch(1);
    int next = site.state().path("desired").path("version").asInt() + 1;
    Path written = site.configuration().resolve("versions").resolve(String.valueOf(next));
    switch (phase) {
      case FETCHED ->
          site.relay.onAnswered(
              (path, body) -> {
                if (path.endsWith("/configuration") && body.contains(metric)) {
                  kill(killed);
                }
              });
      case WRITTEN -> onceThere(written, killed);
      case SWITCHED ->
          site.relay.onAsked(
              (path, body) -> {
                if (reports(path, body, next, "applying")) {
                  kill(killed);
                }
              });
      case CONFIRMING -> {
        // On a machine that is too busy its trial may end the other way.
        AtomicBoolean confirmed = new AtomicBoolean();
        site.relay.onAsked(
            (path, body) -> {
              if (reports(path, body, next, "healthy", "rolled_back")) {
                confirmed.set(true);
              }
            });
        site.relay.onAnswered(
            (path, body) -> {
              if (path.endsWith("/configuration/report") && confirmed.get()) {
                kill(killed);
              }
            });
      }
    }

    int version = site.publish(fresh);
    assertThat(version).isEqualTo(next);
    assertThat(killed.await(SiteGateway.LOADED_MACHINE.toSeconds(), TimeUnit.SECONDS))
        .as("%s%n%s", phase, Files.readString(site.log()))
        .isTrue();
    site.ended();
    site.relay.quiet();

    assertThat(site.current()).isIn(before, version);
    assertThat(site.files()).isEqualTo(site.current() == version ? fresh : old);
    site.start();
    // On a machine that is too busy it may come up too late for its trial.
    String state = site.told(version, "healthy", "rolled_back").path("state").asText();
    assertThat(site.files()).isEqualTo(state.equals("healthy") ? fresh : old);
    if (state.equals("healthy")) {
      site.read(metric);
    }
  }

  /** Whether this is a report that the version is in one of these states. */
  private static boolean reports(String path, String body, int version, String... states) {
    if (!path.endsWith("/configuration/report")) {
      return false;
    }
    try {
      JsonNode report = JSON.readTree(body);
      return report.path("version").asInt() == version
          && List.of(states).contains(report.path("state").asText());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a report: " + body, e);
    }
  }

  private static void kill(CountDownLatch killed) {
    site.kill();
    killed.countDown();
  }

  private static void onceThere(Path folder, CountDownLatch killed) {
    long deadline = System.nanoTime() + SiteGateway.LOADED_MACHINE.toNanos();
    Thread watcher =
        new Thread(
            () -> {
              while (!Files.exists(folder)) {
                if (System.nanoTime() - deadline > 0) {
                  return;
                }
                LockSupport.parkNanos(200_000);
              }
              kill(killed);
            });
    watcher.setDaemon(true);
    watcher.start();
  }

  @Test
  void onlyReleasesThatTheOwnerSignedAreInstalledAndOneThatDoesNotStartIsLeft() throws Exception {
    KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    JsonNode refused = desire("2.0", System.getProperty("java.class.path"), stranger, "refused");
    assertThat(refused.path("error").asText()).contains("signature");
    assertThat(slot()).isEqualTo("A");

    desire("2.1", System.getProperty("java.class.path"), owner, "healthy");
    assertThat(slot()).isEqualTo("B");

    JsonNode left = desire("3.0", "nothing.jar", owner, "rolled_back");
    assertThat(left.path("error").asText()).contains("three times");
    assertThat(slot()).isEqualTo("B");
  }

  private static String slot() throws Exception {
    return Files.readSymbolicLink(site.base.resolve("releases/current")).toString();
  }

  /** Registers a release, has the gateway run it, and waits for what it says. */
  private static JsonNode desire(String version, String classPath, KeyPair keys, String state)
      throws Exception {
    Path pack = folder.resolve("pack-" + version);
    SiteGateway.release(pack.resolve("caravan-edge/lib"), classPath);
    Files.writeString(pack.resolve("caravan-edge/VERSION"), version + "\n");
    Path file = folder.resolve(version + ".tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-C", pack.toString(), "-czf", file.toString(), "caravan-edge")
            .start();
    assertThat(tar.waitFor()).isZero();
    byte[] bytes = Files.readAllBytes(file);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys.getPrivate());
    signature.update(bytes);
    Answer registered =
        site.api.hub.post(
            "/api/v1/gateway-software",
            site.api.admin,
            Map.of(
                "version",
                version,
                "sha256",
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                "signature",
                Base64.getEncoder().encodeToString(signature.sign())));
    assertThat(registered.status()).as(registered.body()).isEqualTo(201);
    site.api.hub.send(
        "PUT",
        "/api/v1/gateway-software/" + version + "/file",
        site.api.admin,
        java.net.http.HttpRequest.BodyPublishers.ofByteArray(bytes));
    site.api.call("PUT", "/software", Map.of("version", version));
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> {
              JsonNode reported = site.state().path("software").path("reported");
              assertThat(reported.path("version").asText() + " " + reported.path("state").asText())
                  .as(Files.readString(site.log()))
                  .isEqualTo(version + " " + state);
            });
    return site.state().path("software").path("reported");
  }
}
