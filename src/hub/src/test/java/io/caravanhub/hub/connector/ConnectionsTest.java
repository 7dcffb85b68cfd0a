package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Connections in a running hub, with the Sensibo connector and a cloud played from its script. */
class ConnectionsTest {
  private static final String SECRET = "key-of-the-test";
  private static final Duration SOON = Duration.ofSeconds(30);

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("oem");
  private final String admin = hub.token(tenant, "admin");
  private FakeCloud cloud;

  @BeforeEach
  void start() throws IOException {
    cloud =
        new FakeCloud(
            Script.read(TestDatabase.root().resolve("connectors/oem/sensibo")), Fault.NONE);
  }

  @AfterEach
  void stop() {
    // What a test leaves enabled would go on polling.
    hub.owner()
        .sql("update connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
    cloud.close();
  }

  private Answer create(Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.putIfAbsent("oem", "sensibo");
    body.putIfAbsent("settings", Map.of("api_key", SECRET, "base_url", cloud.origin()));
    return hub.post("/api/v1/connections", admin, body);
  }

  private Answer connection(String id) {
    return hub.get("/api/v1/connections/" + id, admin);
  }

  private long stored() {
    return hub.count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.tenant_id ="
            + " ?",
        tenant);
  }

  @Test
  void pollsRegistersTheDevicesAndStoresTheirReadings() {
    Answer made = create(Map.of("enabled", true));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    await().atMost(SOON).until(() -> connection(made.text("id")).json().path("polls").asInt() > 0);
    Answer after = connection(made.text("id"));
    assertThat(after.text("health")).as(after.body()).isEqualTo("good");
    assertThat(after.json().path("known_devices").asInt()).isEqualTo(2);
    assertThat(after.json().path("messages").asInt()).isEqualTo(2);
    assertThat(
            hub.count(
                """
                select count(*) from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
                 where d.tenant_id = ? and d.serial = 'AbCd1234' and m.key = 'room_temp' and t.value = 22.4\
                """,
                tenant))
        .isEqualTo(1);
    assertThat(hub.count("select count(*) from dead_letters where tenant_id = ?", tenant)).isZero();
    assertThat(hub.get("/api/v1/connections/" + made.text("id") + "/devices", admin).body())
        .contains("Server room");
  }

  @Test
  void faultsThatTheCloudNamesAreEventsUntilItNamesThemNoMore() {
    Answer made = create(Map.of("enabled", true));
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.count(
                        "select count(*) from events where tenant_id = ? and status = 'open' and"
                            + " family = 'fault:sensibo'",
                        tenant)
                    == 2);
    // The events are there before the poll has told how it went.
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(connection(made.text("id")).text("health")).isEqualTo("good"));
  }

  @Test
  void aSecretGoesInAndNeverComesOut() {
    Answer made = create(Map.of());
    String id = made.text("id");
    hub.send(
        "PATCH",
        "/api/v1/connections/" + id,
        admin,
        RunningHub.publisher(Map.of("settings", Map.of("api_key", "another-secret"))));
    for (String shown :
        new String[] {
          made.body(),
          connection(id).body(),
          hub.get("/api/v1/connections", admin).body(),
          hub.owner()
              .sql("select string_agg(a::text, ' ') from audit a where tenant_id = ?")
              .param(tenant)
              .query(String.class)
              .single(),
          hub.owner()
              .sql(
                  "select encode(credentials, 'escape') || settings from connections where id ="
                      + " ?::uuid")
              .param(id)
              .query(String.class)
              .single()
        }) {
      assertThat(shown).doesNotContain(SECRET, "another-secret");
    }
    assertThat(connection(id).json().path("settings").path("api_key").asText())
        .isEqualTo("********");
  }

  @Test
  void testingAConnectionTellsWhatIsThereAndStoresNothing() {
    String id = create(Map.of()).text("id");
    Answer good = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(good.json().path("ok").asBoolean()).as(good.body()).isTrue();
    assertThat(good.json().path("devices")).hasSize(2);
    assertThat(stored()).isZero();
    hub.send(
        "PATCH",
        "/api/v1/connections/" + id,
        admin,
        RunningHub.publisher(Map.of("settings", Map.of("api_key", "wrong"))));
    Answer bad = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(bad.json().path("ok").asBoolean()).isFalse();
    assertThat(bad.text("reason")).contains("401").doesNotContain("wrong");
  }

  @Test
  void aCloudThatIsDownIsAskedAgainLaterAndThenEverythingIsThere() {
    cloud.set(Fault.ERROR);
    String id = create(Map.of("enabled", true)).text("id");
    await().atMost(SOON).until(() -> connection(id).json().path("failures").asInt() == 1);
    assertThat(connection(id).text("last_error")).isEqualTo("pods: 500");
    assertThat(connection(id).text("health")).isEqualTo("shaky");
    cloud.set(Fault.NONE);
    hub.post("/api/v1/connections/" + id + "/enable", admin, "");
    await().atMost(SOON).until(() -> connection(id).text("health").equals("good"));
    assertThat(stored()).isPositive();
  }

  @Test
  void onlyWhoHasTheLeaseMovesTheWatermark() {
    String id = create(Map.of()).text("id");
    Leases leases = hub.bean(Leases.class);
    ConnectionRows rows = hub.bean(ConnectionRows.class);
    io.caravanhub.hub.database.TenantScope.run(
        tenant,
        () -> {
          Connection connection = rows.find(java.util.UUID.fromString(id)).orElseThrow();
          Leases.Lease mine = leases.take(connection).orElseThrow();
          assertThat(leases.take(connection)).isEmpty();
          leases.progress(mine, Map.of("since x", "2026-01-01T00:00:00Z"));
          hub.owner()
              .sql("update connections set lease_until = now() - interval '1 s' where id = ?::uuid")
              .param(id)
              .update();
          Leases.Lease theirs = leases.take(connection).orElseThrow();
          assertThat(theirs.epoch()).isGreaterThan(mine.epoch());
          org.assertj.core.api.Assertions.assertThatThrownBy(
                  () -> leases.progress(mine, Map.of("since x", "2020-01-01T00:00:00Z")))
              .isInstanceOf(LeaseLostException.class);
          assertThat(rows.find(connection.id()).orElseThrow().position())
              .containsEntry("since x", "2026-01-01T00:00:00Z");
        });
  }

  @Test
  void whatIsWrongInARequestIsNamed() {
    assertThat(create(Map.of("oem", "nobody")).body()).contains("no connector");
    assertThat(create(Map.of("settings", Map.of())).body()).contains("settings/api_key");
    assertThat(create(Map.of("settings", Map.of("api_key", "x", "colour", "red"))).body())
        .contains("settings/colour");
    assertThat(create(Map.of("settings", Map.of("api_key", "x", "base_url", "file:///etc"))).body())
        .contains("settings/base_url");
  }

  @Test
  void noCredentialIsInTheLogHoweverMuchIsLogged() {
    Logger ours = (Logger) LoggerFactory.getLogger("io.caravanhub");
    Level before = ours.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ours.setLevel(Level.TRACE);
    ours.addAppender(log);
    try {
      String id = create(Map.of("enabled", true)).text("id");
      await().atMost(SOON).until(() -> connection(id).text("health").equals("good"));
      for (Fault fault : new Fault[] {Fault.UNAUTHORIZED, Fault.GARBAGE, Fault.TOO_MANY}) {
        cloud.set(fault);
        hub.post("/api/v1/connections/" + id + "/test", admin, "");
      }
      hub.post("/api/v1/connections/" + id + "/enable", admin, "");
      await().atMost(SOON).until(() -> connection(id).json().path("failures").asInt() > 0);
    } finally {
      ours.detachAppender(log);
      ours.setLevel(before);
    }
    assertThat(log.list).isNotEmpty();
    assertThat(List.copyOf(log.list))
        .allSatisfy(
            event -> {
              assertThat(event.getFormattedMessage()).doesNotContain(SECRET);
              assertThat(String.valueOf(event.getThrowableProxy())).doesNotContain(SECRET);
            });
  }

  @Test
  void aTokenThatAPollRenewsLeavesCredentialsAsSomebodyHasEnteredThem() {
    String id = create(Map.of()).text("id");
    ConnectionRows rows = hub.bean(ConnectionRows.class);
    ConnectionSecrets secrets = hub.bean(ConnectionSecrets.class);
    io.caravanhub.hub.database.TenantScope.run(
        tenant,
        () -> {
          Connection polled = rows.find(java.util.UUID.fromString(id)).orElseThrow();
          Leases.Lease lease = hub.bean(Leases.class).take(polled).orElseThrow();
          Map<String, String> known = secrets.open(polled);
          CredentialRenewals renewals = hub.bean(CredentialRenewals.class);
          renewals.keep(lease, polled, known, token("one"));
          hub.send(
              "PATCH",
              "/api/v1/connections/" + id,
              admin,
              RunningHub.publisher(Map.of("settings", Map.of("api_key", "entered"))));
          renewals.keep(lease, polled, known, token("two"));
          assertThat(secrets.open(rows.find(polled.id()).orElseThrow()))
              .containsEntry("api_key", "entered")
              // Without it there would be no further token; the new key wants an access token anew.
              .containsEntry("refresh_token", "refresh-two")
              .doesNotContainKey("access_token_expires");
        });
  }

  private static Map<String, String> token(String name) {
    return Map.of(
        "access_token",
        name,
        "access_token_expires",
        "2026-01-01T00:00:00Z " + name,
        "refresh_token",
        "refresh-" + name);
  }

  @Test
  void aSecretThatIsSentBackAsItIsShownStaysAndOneMustBeEnteredAgainForAnotherAddress() {
    String id = create(Map.of()).text("id");
    String path = "/api/v1/connections/" + id;
    Answer same =
        hub.send(
            "PATCH",
            path,
            admin,
            RunningHub.publisher(Map.of("settings", Map.of("api_key", ConnectionView.MASK))));
    assertThat(same.status()).as(same.body()).isEqualTo(200);
    assertThat(hub.post(path + "/test", admin, Map.of()).json().path("ok").asBoolean()).isTrue();

    Answer elsewhere =
        hub.send(
            "PATCH",
            path,
            admin,
            RunningHub.publisher(Map.of("settings", Map.of("base_url", "http://127.0.0.1:9"))));
    assertThat(elsewhere.status()).isEqualTo(400);
    assertThat(elsewhere.body()).contains("settings/api_key", "another address");
  }

  @Test
  void aPollWhoseReadingsAreDeadLettersIsNotCalledGood() {
    String id = create(Map.of("devices", "claim", "enabled", true)).text("id");
    await().atMost(SOON).until(() -> connection(id).json().path("polls").asInt() > 0);
    assertThat(connection(id).text("health")).isEqualTo("shaky");
    assertThat(connection(id).text("last_error")).contains("2 messages are dead letters");
  }

  @Test
  void whatIsNotAskedWithEachPollHasNotVanished() throws IOException {
    Script script = Script.read(TestDatabase.root().resolve("connectors/oem/tado"));
    try (FakeCloud tado = new FakeCloud(script, Fault.NONE)) {
      Map<String, Object> settings = new HashMap<>(script.credentials());
      settings.put("base_url", tado.origin());
      String id = create(Map.of("oem", "tado", "settings", settings, "enabled", true)).text("id");
      await().atMost(SOON).until(() -> connection(id).json().path("polls").asInt() > 0);
      int known = connection(id).json().path("known_devices").asInt();
      assertThat(known).isGreaterThan(2);

      hub.post("/api/v1/connections/" + id + "/enable", admin, Map.of());
      await().atMost(SOON).until(() -> connection(id).json().path("polls").asInt() > 1);

      // The second poll has not asked for the list of devices, which is asked twice a day.
      assertThat(connection(id).json().path("known_devices").asInt()).isEqualTo(known);
    }
  }

  @Test
  void aNewKeyOfTheHubSealsWhatTheOldOneHasSealed() throws IOException {
    String id = create(Map.of()).text("id");
    String old = java.nio.file.Files.readString(hub.home().resolve("connections.key")).strip();
    String next = java.util.Base64.getEncoder().encodeToString(new byte[32]);
    ConnectionRows rows = hub.bean(ConnectionRows.class);
    try {
      assertThat(reseal(rows, next + "," + old)).isPositive();
      Connection sealed =
          io.caravanhub.hub.database.TenantScope.call(
              tenant, () -> rows.find(java.util.UUID.fromString(id)).orElseThrow());
      assertThat(
              new ConnectionSecrets(rows, hub.home(), next, key -> key, (box, origin) -> {})
                  .open(sealed))
          .containsEntry("api_key", SECRET);
    } finally {
      // The hub of all tests knows the old one only.
      reseal(rows, old + "," + next);
    }
  }

  @Test
  void aNewKeySealsTheRowsOfOtherTablesToo() {
    java.util.UUID id = java.util.UUID.randomUUID();
    List<String> sealed = new java.util.ArrayList<>();
    SealedRows other =
        new SealedRows() {
          @Override
          public List<Row> sealedByOthers(byte[] keyName, int most) {
            return List.of(new Row(tenant, id));
          }

          @Override
          public boolean sealAnew(java.util.UUID row) {
            return sealed.add(row + " " + io.caravanhub.hub.database.TenantScope.current());
          }
        };
    reseal(hub.bean(ConnectionRows.class), "", other);
    assertThat(sealed).containsExactly(id + " " + tenant);
  }

  private int reseal(ConnectionRows rows, String keys, SealedRows... beside) {
    return new CredentialReseal(
            hub.bean(org.springframework.jdbc.core.simple.JdbcClient.class),
            rows,
            new ConnectionSecrets(rows, hub.home(), keys, key -> key, (box, origin) -> {}),
            List.of(beside),
            hub.bean(org.springframework.transaction.PlatformTransactionManager.class),
            new io.micrometer.core.instrument.simple.SimpleMeterRegistry())
        .reseal();
  }

  @Test
  void aLimitThatOneHubHearsOfHoldsBackTheOthersThatShareTheClient() {
    String id = create(Map.of()).text("id");
    CloudLimits limits = hub.bean(CloudLimits.class);
    io.caravanhub.hub.database.TenantScope.run(
        tenant,
        () -> {
          Connection one =
              hub.bean(ConnectionRows.class).find(java.util.UUID.fromString(id)).orElseThrow();
          java.time.Instant until = java.time.Instant.now().plusSeconds(90);
          byte[] key =
              limits.key(
                  one,
                  ConnectionPoll.cloudOf(
                      one,
                      java.util.Objects.requireNonNull(
                          hub.bean(ConnectorCatalog.class).find("sensibo").orElseThrow().cloud())),
                  name -> null);
          limits.block(key, "sensibo", until);
          limits.block(key, "sensibo", until.minusSeconds(60));
          assertThat(limits.blocked(key))
              .hasValueSatisfying(
                  t ->
                      assertThat(t)
                          .isCloseTo(
                              until,
                              org.assertj.core.api.Assertions.within(
                                  1, java.time.temporal.ChronoUnit.SECONDS)));
        });
    hub.post("/api/v1/connections/" + id + "/enable", admin, "");
    await()
        .atMost(SOON)
        .until(
            () ->
                java.time.Instant.parse(connection(id).text("next_poll_at"))
                    .isAfter(java.time.Instant.now().plusSeconds(80)));
    assertThat(cloud.calls()).isEmpty();
  }

  @Test
  void aDeviceThatItsCloudRenamesKeepsItsAssetAndOneThatVanishesIsAnEventUntilItIsBack() {
    String id = create(Map.of()).text("id");
    DeviceSync sync = hub.bean(DeviceSync.class);
    io.caravanhub.hub.database.TenantScope.run(
        tenant,
        () -> {
          Connection one =
              hub.bean(ConnectionRows.class).find(java.util.UUID.fromString(id)).orElseThrow();
          String serial = RunningHub.unique("pod");
          sync.saw(one, "sensibo/inventory", List.of(pod(serial, "Kitchen")));
          hub.owner()
              .sql(
                  """
                  with a as (insert into assets (tenant_id, id, name) values (:t, 'A-1', 'A') returning id)
                  insert into bindings (tenant_id, device_id, asset_id) select :t, d.id, a.id from a, devices d where d.tenant_id = :t and d.serial = :s\
                  """)
              .param("t", tenant)
              .param("s", serial)
              .update();
          sync.saw(one, "sensibo/inventory", List.of(pod(serial, "Bakery")));
          assertThat(
                  hub.count(
                      """
                      select count(*) from bindings b join devices d on d.id = b.device_id join connection_devices c on c.device_id = d.id
                       where b.tenant_id = ? and d.serial = ? and b.valid_to is null and c.name = 'Bakery'\
                      """,
                      tenant,
                      serial))
              .isEqualTo(1);
          assertThat(events("inventory:found")).isEqualTo("resolved");
          assertThat(events("inventory:changed")).isEqualTo("resolved");
          sync.unnamedSince(one, java.time.Instant.now().minusSeconds(60));
          assertThat(events("inventory:vanished")).isEmpty();
          sync.unnamedSince(one, java.time.Instant.now().plusSeconds(1));
          assertThat(events("inventory:vanished")).isEqualTo("open");
          sync.saw(one, "sensibo/inventory", List.of(pod(serial, "Bakery")));
          assertThat(events("inventory:vanished")).isEqualTo("resolved");
        });
  }

  private String events(String rule) {
    return hub.owner()
        .sql(
            "select coalesce(string_agg(status, ' '), '') from events where tenant_id = ? and"
                + " rule_id = ? and (rule_id <> 'inventory:found' or message like '%Kitchen')")
        .params(tenant, rule)
        .query(String.class)
        .single();
  }

  private static Part pod(String serial, String name) {
    return new Part(
        serial,
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("id", serial)
            .set(
                "room",
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                    .objectNode()
                    .put("name", name)));
  }
}
