package io.caravanhub.hub.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.AnotherHub;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.mapping.TenantMappings;
import io.caravanhub.hub.orchestration.Policies;
import io.caravanhub.hub.orchestration.PolicyIds;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.rules.RuleIds;
import io.caravanhub.hub.rules.RuleLibrary;
import io.caravanhub.hub.security.Tokens;
import io.caravanhub.hub.telemetry.MetricCatalog;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is changed at one hub is in force at another on the same database. */
class TwoHubsTest {
  /** Two seconds are meant; on a machine that is busy with builds five times that. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static AnotherHub other;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-two");
  private final String admin = hub.token(tenant, "admin");

  @BeforeAll
  static void start() {
    other = new AnotherHub("ingest,pipeline,api");
  }

  @AfterAll
  static void stop() throws IOException {
    other.close();
  }

  private static void soon(String what, Callable<Boolean> inForce) {
    long began = System.nanoTime();
    Awaitility.await(what)
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(inForce);
    System.out.printf(
        "change: %s in force at the other hub after %d ms%n",
        what, (System.nanoTime() - began) / 1_000_000);
  }

  /** Does it at the first hub; sometimes right when the other has lost all connections. */
  private void change(boolean cut, String method, String path, Object body) {
    if (cut) {
      other.toDatabase().cut();
    }
    Answer answer = hub.send(method, "/api/v1" + path, admin, RunningHub.publisher(body));
    assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsChangedAtOneIsInForceAtTheOther(boolean cut) throws Exception {
    Registered device = hub.device(admin, Map.of("device_type", "pump"));
    TenantMappings mappings = other.bean(TenantMappings.class);
    DeviceDirectory devices = other.bean(DeviceDirectory.class);
    MetricCatalog metrics = other.bean(MetricCatalog.class);
    TenantSettingsReader settings = other.bean(TenantSettingsReader.class);
    DeviceTypes types = other.bean(DeviceTypes.class);
    // All of it is remembered first.
    assertThat(mappings.find(tenant, "acme/two")).isEmpty();
    assertThat(devices.find(tenant, device.serial()).orElseThrow().mapping()).isNull();
    assertThat(metrics.find(tenant, "flow")).isPresent();
    assertThat(settings.of(tenant).rawArchive()).isFalse();
    assertThat(types.find(tenant, "crate")).isNull();

    change(cut, "PUT", "/mappings/acme:two/draft", Map.of("jsonata", "$", "note", "n"));
    change(cut, "POST", "/mappings/acme:two/publish", Map.of());
    soon("mapping", () -> mappings.find(tenant, "acme/two").isPresent());
    change(cut, "PUT", "/mappings/acme:gone/draft", Map.of("jsonata", "$", "note", "n"));
    change(cut, "POST", "/mappings/acme:gone/publish", Map.of());
    soon("mapping", () -> mappings.find(tenant, "acme/gone").isPresent());
    change(cut, "DELETE", "/mappings/acme:gone", Map.of());
    soon("retired mapping", () -> mappings.find(tenant, "acme/gone").isEmpty());
    change(cut, "PATCH", "/devices/" + device.id(), Map.of("mapping", "acme/two"));
    soon(
        "device",
        () -> "acme/two".equals(devices.find(tenant, device.serial()).orElseThrow().mapping()));
    change(cut, "PATCH", "/metrics/flow", Map.of("max", 77));
    soon("metric", () -> !metrics.find(tenant, "flow").orElseThrow().allows(78));
    change(cut, "PATCH", "/tenant/settings", Map.of("raw_archive", Map.of("enabled", true)));
    soon("settings", () -> settings.of(tenant).rawArchive());
    change(cut, "POST", "/device-types", Map.of("name", "crate"));
    soon("device type", () -> types.find(tenant, "crate") != null);
    change(
        cut,
        "POST",
        "/rules",
        "{\"id\": \"two\", \"condition\": \"flow > 70\", \"event\": {\"type\": \"warning\","
            + " \"severity\": \"low\", \"family\": \"f\", \"message\": \"m\"}}");
    soon("rule", () -> RuleIds.of(other.bean(RuleLibrary.class), tenant).contains("two"));
    change(
        cut,
        "POST",
        "/policies",
        "{\"id\": \"two\", \"when\": {\"event_type\": \"warning\"}, \"then\": [{\"kind\": \"task\","
            + " \"priority\": 3}]}");
    soon("policy", () -> PolicyIds.of(other.bean(Policies.class), tenant).contains("two"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTokenThatIsRevokedAtOneEndsAtTheOther(boolean cut) {
    List<String> ended = new CopyOnWriteArrayList<>();
    other.bean(Tokens.class).onRevocation((of, subject) -> ended.add(of + " " + subject));
    Registered device = hub.device(admin, Map.of());
    String viewer = hub.bean(Tokens.class).issue(tenant, "viewer", "reader");
    assertThat(other.get("/api/v1/devices", viewer).status()).isEqualTo(200);

    if (cut) {
      other.toDatabase().cut();
    }
    hub.bean(Tokens.class).revoke(tenant, "reader");
    soon("token", () -> other.get("/api/v1/devices", viewer).status() == 401);
    change(cut, "POST", "/devices/" + device.id() + "/token", Map.of());
    soon("sessions", () -> ended.contains(tenant + " " + device.id()));
    assertThat(ended).containsOnlyOnce(tenant + " " + device.id());
  }

  @Test
  void connectionsWithTheFsmAndReplaysAreAnnounced() {
    List<String> heard = new CopyOnWriteArrayList<>();
    for (String topic : List.of("hub_fsm", "hub_replays")) {
      other
          .bean(Announcements.class)
          .listen(topic, what -> heard.add(topic + " " + what), () -> {});
    }
    hub.owner()
        .sql("insert into fsm_connections (tenant_id, product, name) values (?, 'default', 'x')")
        .param(tenant)
        .update();
    hub.owner()
        .sql(
            "insert into replays (tenant_id, kind, filter, actor, state) values (?, 'dead_letters',"
                + " '{}', 'a', 'done')")
        .param(tenant)
        .update();
    soon("FSM", () -> heard.contains("hub_fsm " + tenant));
    assertThat(heard).doesNotContain("hub_replays " + tenant);
  }

  @Test
  void clocksUnderALeaseWorkInOneOfThem() {
    assertThat(other.bean(HubLeases.class).isAlone()).isFalse();
    soon("the first hub hears of the other", () -> !hub.bean(HubLeases.class).isAlone());
    HubLeases mine = hub.bean(HubLeases.class);
    HubLeases others = other.bean(HubLeases.class);
    for (String lease : List.of("store", "replays")) {
      soon(lease, () -> mine.lease(lease).isHeld() ^ others.lease(lease).isHeld());
    }
    Awaitility.await("rollups of the holder alone")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              long epoch = difference(mine, others);
              MeterRegistry holder = (epoch > 0 ? hub.bean(MeterRegistry.class) : others());
              MeterRegistry idle = (epoch > 0 ? others() : hub.bean(MeterRegistry.class));
              long worked = rounds(holder);
              long rested = rounds(idle);
              // Meanwhile the other's clock has ticked, too.
              Awaitility.await("two rounds of the holder")
                  .atMost(Duration.ofSeconds(30))
                  .until(() -> rounds(holder) >= worked + 2 || difference(mine, others) != epoch);
              return difference(mine, others) == epoch && rounds(idle) == rested;
            });
  }

  private static long difference(HubLeases mine, HubLeases others) {
    return mine.lease("store").epoch() - others.lease("store").epoch();
  }

  private static MeterRegistry others() {
    return other.bean(MeterRegistry.class);
  }

  @Test
  void aDeviceIsTriedByAHubThatReadsNone() throws IOException {
    String nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + free.getLocalPort();
    }
    Registered device =
        hub.device(
            admin,
            Map.of(
                "device_type",
                "meter",
                "connection_type",
                "modbus_tcp",
                "connection",
                Map.of("address", nobody, "map", "abb/b23.modbus.yaml", "interval", "PT1H")));
    Answer tried =
        other.send(
            "POST",
            "/api/v1/devices/" + device.id() + "/probe",
            admin,
            RunningHub.publisher(Map.of()));
    assertThat(tried.status()).as(tried.toString()).isEqualTo(200);
    assertThat(tried.json().path("reachable").asBoolean(true)).isFalse();
    assertThat(other.bean(HubLeases.class).isWanted("fieldbus")).isFalse();
  }

  private static long rounds(MeterRegistry meters) {
    return meters.timer("hub.store.upkeep", "work", "rollups").count();
  }

  @Test
  void aHubBeginsWhatItsRolesNeed() {
    String token = hub.admin();
    Map<String, String> states = new java.util.HashMap<>();
    other
        .get("/api/v1/routes", token)
        .json()
        .path("items")
        .forEach(route -> states.put(route.path("id").asText(), route.path("state").asText()));
    assertThat(states)
        .containsEntry("rollups", "started")
        .containsEntry("webhook", "started")
        .containsEntry("connections-poll", "stopped")
        .containsEntry("modbus", "stopped")
        .containsEntry("messages-clock", "stopped")
        .containsEntry("read-back", "stopped");
    Answer console = other.get("/login", token);
    assertThat(console.status()).isEqualTo(503);
    assertThat(console.body())
        .contains("this hub has no role console, only ingest, pipeline, api (HUB_ROLES)");
    assertThat(other.get("/actuator/health", token).status()).isEqualTo(200);
    assertThat(other.get("/hooks/default/fsm/x", token).status()).isEqualTo(503);
    assertThat(other.get("/hooks/default/kestrel", token).status()).isNotEqualTo(503);
  }
}
