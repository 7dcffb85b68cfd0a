package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SealedRows;
import io.caravanhub.hub.connector.SecretBox;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmFault;
import io.caravanhub.testkit.fsm.FsmScript;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** FSM connections and actions over the API of a running hub, with Atlas CMMS from its script. */
class FsmConnectionsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SECRET = "secret-of-the-test";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("fsm");
  private final String admin = hub.token(tenant, "admin");
  private FakeFsm fake;
  private FsmScript script;

  @BeforeEach
  void start() throws IOException {
    script = FsmScript.read(TestDatabase.root().resolve("connectors/fsm/atlas-cmms"));
    fake = new FakeFsm(script);
  }

  @AfterEach
  void stop() {
    hub.owner()
        .sql("update fsm_connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
    fake.close();
  }

  private String connect() {
    Answer made =
        hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of("product", "atlas-cmms", "settings", script.settings(fake.origin())));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.text("id");
  }

  private void enable(String id) {
    Answer enabled = hub.post("/api/v1/fsm-connections/" + id + "/enable", admin, "");
    assertThat(enabled.status()).as(enabled.body()).isEqualTo(200);
  }

  /** An action as a policy plans it. */
  private String plan(String external) {
    return plan(external, "work_order");
  }

  private String plan(String external, String kind) {
    String device = hub.device(admin, Map.of("device_type", "sensor")).id();
    return hub.owner()
        .sql(
            """
            with e as (
              insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
              values (:tenant, :external, :device::uuid, 'r', 'f', 'warning', 'low', 'm', now(), now()) returning id)
            insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key, asset, payload)
            select :tenant, e.id, :kind, :external, md5(:external), :external,
                   jsonb_build_object('action', jsonb_build_object('externalIdentifier', :external, 'priority', 2), 'asset', '{"id": "P-7", "name": "Pump"}'::jsonb,
                     'device', '{"serial": "S-1"}'::jsonb, 'event', '{"message": "loud"}'::jsonb)
              from e returning id::text\
            """)
        .param("tenant", tenant)
        .param("external", external)
        .param("kind", kind)
        .param("device", device)
        .query(String.class)
        .single();
  }

  private Answer action(String id) {
    return hub.get("/api/v1/actions/" + id, admin);
  }

  private void awaitState(String id, String state) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(action(id).text("state")).as(action(id).body()).isEqualTo(state));
  }

  @Test
  void aTenantChoosesItsProductAndItsActionsGoThere() {
    String id = connect();
    Answer trial = hub.post("/api/v1/fsm-connections/" + id + "/test", admin, "");
    assertThat(trial.json().path("ok").asBoolean()).as(trial.body()).isTrue();
    enable(id);
    String action = plan("CH-0123456789AB");
    awaitState(action, "ACCEPTED");
    assertThat(fake.objects("orders")).hasSize(1);
    Answer after = hub.get("/api/v1/fsm-connections/" + id, admin);
    assertThat(after.text("health")).as(after.body()).isEqualTo("good");
    assertThat(after.json().at("/actions/open").asInt()).isEqualTo(1);
    assertThat(after.text("callback")).isEqualTo("/hooks/" + tenant + "/fsm/atlas-cmms");
  }

  @Test
  void aSecretGoesInAndNeverComesOut() {
    String id = connect();
    Answer shown = hub.get("/api/v1/fsm-connections", admin);
    assertThat(shown.body()).contains("********").doesNotContain("key-of-the-test", SECRET);
    assertThat(
            hub.owner()
                .sql(
                    "select encode(credentials, 'escape') || settings::text from fsm_connections where id = ?::uuid")
                .param(id)
                .query(String.class)
                .single())
        .doesNotContain("key-of-the-test", SECRET);
  }

  @Test
  void aNewKeyOfTheHubSealsWhatTheOldOneHasSealed() throws Exception {
    UUID id = UUID.fromString(connect());
    String old = Files.readString(hub.home().resolve("connections.key")).strip();
    String next = Base64.getEncoder().encodeToString(new byte[32]);
    try {
      assertThat(sealAnew(id, next + "," + old)).isTrue();
      FsmConnection sealed = TenantScope.call(tenant, () -> rows().find(id).orElseThrow());
      assertThat(
              new ConnectionSettings(SecretBox.of(next)).open(sealed.owner(), sealed.credentials()))
          .containsEntry("api_key", "key-of-the-test");
    } finally {
      // The hub of all tests knows the old one only.
      sealAnew(id, old + "," + next);
    }
    assertThat(hub.post("/api/v1/fsm-connections/" + id + "/test", admin, "").body())
        .contains("\"ok\":true");
  }

  /** False when the first key has sealed it already. */
  private boolean sealAnew(UUID id, String keys) throws Exception {
    FsmSealedRows sealed =
        new FsmSealedRows(
            hub.bean(JdbcClient.class), rows(), new ConnectionSettings(SecretBox.of(keys)));
    byte[] first = Base64.getDecoder().decode(keys.split(",")[0]);
    byte[] name = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(first), 4);
    return sealed.sealedByOthers(name, 10_000).contains(new SealedRows.Row(tenant, id))
        && TenantScope.call(tenant, () -> sealed.sealAnew(id));
  }

  private FsmConnectionRows rows() {
    return hub.bean(FsmConnectionRows.class);
  }

  @Test
  void aTenantHasOneConnectionEnabledAtATime() {
    enable(connect());
    Answer other =
        hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of("product", "default", "settings", Map.of("url", "http://127.0.0.1:9")));
    Answer refused = hub.post("/api/v1/fsm-connections/" + other.text("id") + "/enable", admin, "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("pause it first");
  }

  @Test
  void settingsThatTheProductDoesNotKnowAreRefusedByName() {
    Answer refused =
        hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of(
                "product", "atlas-cmms", "settings", Map.of("url", "http://x.test", "key", "k")));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("field")).contains("settings/key");
    Answer absent = hub.post("/api/v1/fsm-connections", admin, Map.of("product", "atlas-cmms"));
    assertThat(absent.status()).isEqualTo(400);
  }

  @Test
  void aDeadActionIsSeenEditedAndSentAgain() {
    enable(connect());
    fake.fail(FsmFault.REJECTED, 1);
    String id = plan("CH-00000000DEAD");
    awaitState(id, "DEAD");
    assertThat(action(id).text("lastError")).contains("No enum constant");
    Answer edited =
        hub.send(
            "PATCH",
            "/api/v1/actions/" + id,
            admin,
            RunningHub.publisher(
                Map.of("payload", Map.of("event", Map.of("message", "very loud")))));
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    hub.post("/api/v1/actions/" + id + "/retry", admin, "");
    awaitState(id, "ACCEPTED");
    assertThat(fake.objects("orders").get(0).path("title").asText()).contains("very loud");
    assertThat(hub.post("/api/v1/actions/" + id + "/retry", admin, "").status()).isEqualTo(409);
  }

  @Test
  void aKindThatTheProductDoesNotTakeIsDeadAndSaysSo() {
    enable(connect());
    String id = plan("CH-000000000123", "quote");
    awaitState(id, "DEAD");
    assertThat(action(id).text("lastError")).isEqualTo("Atlas CMMS takes no quote");
  }

  @Test
  void settingsStayWhileItsOrdersAreThereUnlessItIsTheSameSystem() {
    String id = connect();
    enable(id);
    awaitState(plan("CH-0000000ABCDE"), "ACCEPTED");
    Map<String, String> elsewhere = script.settings("http://127.0.0.1:9");
    Answer refused = change(id, Map.of("settings", elsewhere));
    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("settings/url", "same_system");
    assertThat(change(id, Map.of("settings", elsewhere, "same_system", true)).status())
        .isEqualTo(200);
  }

  @Test
  void whatIsNotFollowedAndWhatSaysNotWhichSystemItIsKeepNoSettingsBack() throws IOException {
    String id = connect();
    enable(id);
    String note = plan("CH-0000000ABCDF", "notification");
    hub.owner()
        .sql("update actions set state = 'ACCEPTED', connection_id = ?::uuid where id = ?::uuid")
        .params(id, note)
        .update();
    Map<String, String> moved = script.settings("http://127.0.0.1:9");
    assertThat(change(id, Map.of("settings", moved)).status()).isEqualTo(200);
    FsmScript odoo = FsmScript.read(TestDatabase.root().resolve("connectors/fsm/odoo"));
    Map<String, String> settings = odoo.settings(fake.origin());
    id =
        hub.post("/api/v1/fsm-connections", admin, Map.of("product", "odoo", "settings", settings))
            .text("id");
    hub.owner()
        .sql(
            "update actions set state = 'UNKNOWN', next_attempt_at = now() + interval '1 hour', connection_id = ?::uuid where id = ?::uuid")
        .params(id, note)
        .update();
    assertThat(change(id, Map.of("settings", Map.of("user_id", "99"))).status()).isEqualTo(200);
    assertThat(change(id, Map.of("settings", Map.of("database", "other"))).body())
        .contains("settings/database", "same_system");
  }

  @Test
  void anAddressOfALoginThatChangesWantsTheSecretAgain() throws IOException {
    Map<String, String> settings =
        FsmScript.read(TestDatabase.root().resolve("connectors/fsm/dynamics-365"))
            .settings(fake.origin());
    String id =
        hub.post(
                "/api/v1/fsm-connections",
                admin,
                Map.of("product", "dynamics-365", "settings", settings))
            .text("id");
    Answer refused = change(id, Map.of("settings", Map.of("login", "http://127.0.0.1:9")));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("client_secret", "enter it again");
  }

  @Test
  void pagesThatAreNoAnswerOfAProductAreNotShown() throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write("top-secret".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    other.start();
    try {
      String origin = "http://127.0.0.1:" + other.getAddress().getPort();
      for (String url : List.of(origin, origin + "/x?")) {
        Answer made =
            hub.post(
                "/api/v1/fsm-connections",
                admin,
                Map.of("product", "default", "name", url, "settings", Map.of("url", url)));
        Answer trial = hub.post("/api/v1/fsm-connections/" + made.text("id") + "/test", admin, "");
        assertThat(trial.json().path("ok").asBoolean()).isFalse();
        assertThat(trial.body()).doesNotContain("top-secret");
      }
    } finally {
      other.stop(0);
    }
  }

  private Answer change(String id, Map<String, Object> body) {
    return hub.send("PATCH", "/api/v1/fsm-connections/" + id, admin, RunningHub.publisher(body));
  }

  @Test
  void aCallbackIsAHintThatLeadsToReading() throws Exception {
    enable(connect());
    String id = plan("CH-00000000CA11");
    awaitState(id, "ACCEPTED");
    hub.owner()
        .sql("update actions set next_attempt_at = now() + interval '1 hour' where tenant_id = ?")
        .param(tenant)
        .update();
    hub.owner()
        .sql(
            "update fsm_connections set next_poll_at = now() + interval '1 hour' where tenant_id = ?")
        .param(tenant)
        .update();
    fake.change("orders", script.at("/states/COMPLETED").asText());
    // What it says of the order is of no weight.
    String body = "{\"workOrder\":{\"id\":" + action(id).text("fsmId") + ",\"status\":\"OPEN\"}}";
    assertThat(hook(body, "1", "00").status()).isEqualTo(401);
    assertThat(hook(body, "1", signature(body)).status()).isEqualTo(202);
    awaitState(id, "COMPLETED");
    int calls = fake.calls().size();
    assertThat(hook(body, "1", signature(body)).status()).isEqualTo(202);
    assertThat(hub.count("select count(*) from fsm_callbacks where tenant_id = ?", tenant))
        .isEqualTo(1);
    assertThat(fake.calls().size()).isEqualTo(calls);
  }

  private Answer hook(String body, String delivery, String signature) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri("/hooks/" + tenant + "/fsm/atlas-cmms"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("X-Webhook-Id", delivery)
            .header("X-Webhook-Signature", signature)
            .build());
  }

  private static String signature(String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }
}
