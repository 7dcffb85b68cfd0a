package io.caravanhub.hub.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The door of webhooks in a running hub, with a connector that was dropped in. */
class WebhookDoorTest {
  private static final String OEM = "doorbell";
  private static final String SECRET = "secret-of-the-door";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Map<String, String> SCHEME =
      Map.of(
          "caravanhub.io/webhook.signature", "hmac-sha256",
          "caravanhub.io/webhook.signature-header", "X-Door-Signature",
          "caravanhub.io/webhook.timestamp-header", "X-Door-Time",
          "caravanhub.io/webhook.challenge-query", "hub.challenge",
          "caravanhub.io/webhook.challenge-token", "hub.verify_token");

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("door");
  private final String admin = hub.token(tenant, "admin");
  private final Path folder = hub.connectors().resolve("oem").resolve(OEM);
  private String connection = "";

  @BeforeEach
  void dropIn() throws IOException {
    Files.createDirectories(folder);
    StringBuilder annotations = new StringBuilder();
    SCHEME.forEach((name, value) -> annotations.append("    " + name + ": " + value + "\n"));
    Files.writeString(
        folder.resolve("telemetry.jsonata"),
        "{\"measurements\": [{\"name\": \"room_temp\", \"value\": t, \"unit\": \"Cel\"}]}");
    Files.writeString(
        folder.resolve("faults.jsonata"),
        "\"alarms\" in $keys($) ? {\"faults\": [alarms.{\"code\": $}]} : {}");
    Files.writeString(
        folder.resolve("faults.yaml"),
        "E7: {severity: critical, text: Compressor locked, failure_mode: COMPRESSOR_LOCKED}\n"
            + "\"*\": {severity: low, text: \"Fault {code}\"}\n");
    Files.writeString(
        folder.resolve(OEM + "-source.kamelet.yaml"),
        """
        apiVersion: camel.apache.org/v1
        kind: Kamelet
        metadata:
          name: doorbell-source
          annotations:
        %s  labels:
            camel.apache.org/kamelet.type: source
        spec:
          definition:
            title: Doorbell
            type: object
            properties:
              secret: {title: Secret, type: string, format: password}
          template:
            from:
              uri: direct:connectors.doorbell
              steps:
                - split:
                    method:
                      ref: connectorParts
                      method: pushed(${body}, '/units', '{/id}', 'doorbell/telemetry')
                    steps:
                      - process:
                          ref: connectorParts
                      - to: kamelet:sink
        """
            .formatted(annotations));
    Files.writeString(
        folder.resolve(OEM + ".camel.yaml"),
        """
        - route:
            id: doorbell
            group: connectors
            description: Readings pushed by Doorbell
            routeConfigurationId: ingest
            from:
              uri: kamelet:doorbell-source
              parameters:
                noErrorHandler: true
              steps:
                - to:
                    id: doorbell-raw
                    uri: "{{channel.raw.to}}"
        """);
    await()
        .atMost(SOON)
        .until(() -> hub.get("/api/v1/routes", admin).body().contains("\"" + OEM + "\""));
    connection =
        hub.post(
                "/api/v1/connections",
                admin,
                Map.of("oem", OEM, "enabled", true, "settings", Map.of("secret", SECRET)))
            .text("id");
    hub.device(admin, Map.of("device_serial", "D-1", "connection_type", "cloud"));
  }

  @AfterEach
  void takeAway() throws IOException {
    for (String file :
        List.of(
            OEM + ".camel.yaml",
            OEM + "-source.kamelet.yaml",
            "telemetry.jsonata",
            "faults.jsonata",
            "faults.yaml")) {
      Files.deleteIfExists(folder.resolve(file));
    }
    Files.delete(folder);
  }

  private HttpRequest signed(String body, Instant at) {
    String time = Long.toString(at.getEpochSecond());
    return HttpRequest.newBuilder(hub.uri("/hooks/" + tenant + "/" + OEM))
        .header("X-Door-Time", time)
        .header(
            "X-Door-Signature",
            SignatureCheck.sign(
                java.util.Objects.requireNonNull(WebhookScheme.read(SCHEME)),
                SECRET,
                time,
                body.getBytes(UTF_8)))
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private Answer push(String body) {
    return hub.send(signed(body, Instant.now()));
  }

  private long readings() {
    return hub.count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?",
        tenant);
  }

  private void settings(Map<String, Object> settings) {
    Answer changed =
        hub.send(
            "PATCH",
            "/api/v1/connections/" + connection,
            admin,
            RunningHub.publisher(Map.of("settings", settings)));
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
  }

  @Test
  void aMessageThatIsSentAgainIsAnsweredAndNotStoredAgain() {
    HttpRequest once = signed("{\"units\":[{\"id\":\"D-1\",\"t\":21}]}", Instant.now());
    assertThat(hub.send(once).status()).isEqualTo(202);
    assertThat(readings()).isEqualTo(1);
    assertThat(hub.send(once).status()).isEqualTo(202);
    assertThat(readings()).isEqualTo(1);
    assertThat(push("{\"units\":[{\"id\":\"D-1\",\"t\":22}]}").status()).isEqualTo(202);
    assertThat(readings()).isEqualTo(2);
  }

  @Test
  void aHubThatCannotOpenTheSecretHasTheCloudSendAgain() {
    byte[] sealed =
        hub.owner()
            .sql("select credentials from connections where id = ?::uuid")
            .param(connection)
            .query(byte[].class)
            .single();
    credentials(new byte[] {9});
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(push("{\"units\":[]}").status()).isEqualTo(503));
    assertThat(push("{\"units\":[]}").retryAfter()).isEqualTo("5");
    credentials(sealed);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(push("{\"units\":[]}").status()).isEqualTo(202));
  }

  private void credentials(byte[] sealed) {
    hub.owner()
        .sql("update connections set credentials = ? where id = ?::uuid")
        .params(sealed, connection)
        .update();
  }

  @Test
  void onlyAddressesOfTheConnectionsListAreLetIn() {
    settings(Map.of("allowed_addresses", "203.0.113.0/24, 2001:db8::/32"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(push("{\"units\":[]}").status()).isEqualTo(403));
    HttpRequest forwarded =
        HttpRequest.newBuilder(signed("{\"units\":[]}", Instant.now()), (name, value) -> true)
            .header("X-Forwarded-For", "203.0.113.9")
            .build();
    assertThat(hub.send(forwarded).status()).isEqualTo(202);
    HttpRequest pretended =
        HttpRequest.newBuilder(signed("{\"units\":[]}", Instant.now()), (name, value) -> true)
            .header("X-Forwarded-For", "203.0.113.9, 192.0.2.1")
            .build();
    assertThat(hub.send(pretended).status()).isEqualTo(403);
    settings(Map.of("allowed_addresses", "127.0.0.0/8 ::1"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(push("{\"units\":[]}").status()).isEqualTo(202));
  }

  @Test
  void aHandshakeInTheQueryIsAnsweredToWhoKnowsTheToken() {
    String path = "/hooks/" + tenant + "/" + OEM + "?hub.challenge=ab%3C1&hub.verify_token=";
    Answer known = hub.get(path + SECRET, "");
    assertThat(known.status()).isEqualTo(200);
    assertThat(known.body()).isEqualTo("ab<1");
    assertThat(hub.get(path + "other", "").status()).isEqualTo(401);
    assertThat(hub.get("/hooks/" + tenant + "/" + OEM, "").status()).isEqualTo(405);
  }

  @Test
  void aClientCertificateThatTheProxyHandsOnIsTheProof() throws IOException {
    Path kamelet = folder.resolve(OEM + "-source.kamelet.yaml");
    Files.writeString(
        kamelet,
        Files.readString(kamelet)
            .replace("signature: hmac-sha256", "signature: mtls")
            .replaceAll(" *caravanhub.io/webhook.timestamp-header.*\n", ""));
    settings(Map.of("secret", "AB:".repeat(31) + "AB"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(certified("ab".repeat(32)).status()).isEqualTo(202));
    assertThat(certified("cd".repeat(32)).status()).isEqualTo(401);
    assertThat(certified("").status()).isEqualTo(401);
  }

  private Answer certified(String fingerprint) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri("/hooks/" + tenant + "/" + OEM))
            .header("X-Client-Cert", fingerprint)
            .POST(BodyPublishers.ofString("{\"units\":[]}"))
            .build());
  }

  @Test
  void aFaultOfThePushedMessageIsAnEventWithItsTextAndAnActionUntilItIsNamedNoMore() {
    assertThat(push("{\"units\":[{\"id\":\"D-1\",\"t\":21,\"alarms\":[\"E7\"]}]}").status())
        .isEqualTo(202);
    assertThat(
            hub.count(
                """
                select count(*) from events where tenant_id = ? and status = 'open' and event_type = 'critical_fault' and message = 'Compressor locked'
                   and family = 'fault:doorbell' and evidence ->> 'failureModeCode' = 'COMPRESSOR_LOCKED'\
                """,
                tenant))
        .isEqualTo(1);
    assertThat(hub.count("select count(*) from actions where tenant_id = ?", tenant)).isEqualTo(1);
    push("{\"units\":[{\"id\":\"D-1\",\"t\":22,\"alarms\":[\"E7\",\"E9\"]}]}");
    push("{\"units\":[{\"id\":\"D-1\",\"t\":23}]}");
    assertThat(open()).isEqualTo(2);
    push("{\"units\":[{\"id\":\"D-1\",\"t\":24,\"alarms\":[]}]}");
    assertThat(open()).isZero();
  }

  private long open() {
    return hub.count(
        "select count(*) from events where tenant_id = ? and resolved_at is null", tenant);
  }
}
