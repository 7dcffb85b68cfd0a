package io.caravanhub.hub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Programs;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.client.HubClient;
import io.caravanhub.hub.observability.Prometheus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of {@code ./hub demo}, held to the processes themselves: one story, told in order.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
  private static final Duration LOADED_MACHINE = Duration.ofMinutes(4);
  private static final Duration STOPPED = Duration.ofMinutes(1);
  private static final String ROOT = TestDatabase.root().toAbsolutePath().normalize().toString();
  private static final String PUMP = "PROBE-PUMP";
  private static final List<String> FAULTS =
      List.of(
          "REFRIGERANT_LEAK",
          "BEARING_WEAR",
          "FILTER_CLOGGED",
          "SENSOR_STUCK",
          "COMMUNICATION_LOST");

  private Path home;
  private int httpPort;
  private int mqttPort;
  private RunningDemo demo;
  private HubClient api;
  private Probe probe;
  private Prometheus prometheus;
  private SiteProcess gateway;

  @BeforeAll
  void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws IOException {
    home = folder.resolve("home");
    httpPort = freePort();
    mqttPort = freePort();
    startDemo();
    if (Programs.find("prometheus").isPresent()) {
      prometheus = Prometheus.scraping(demo.hub(), "5s", folder);
    }
  }

  @AfterAll
  void stop() throws InterruptedException {
    if (probe != null) {
      probe.close();
    }
    if (prometheus != null) {
      prometheus.close();
    }
    if (gateway != null) {
      gateway.stop();
    }
    if (demo != null) {
      demo.kill();
    }
  }

  private void startDemo() throws IOException {
    demo = RunningDemo.start(home, httpPort, mqttPort);
    api = demo.api();
    await()
        .atMost(LOADED_MACHINE)
        .until(
            () ->
                demo.screen().contains("Ctrl-C stops everything") || !demo.supervisor().isAlive());
    assertThat(demo.supervisor().isAlive()).as(demo.screen()).isTrue();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  @Order(1)
  void the_first_work_order_arrives_with_its_key_and_its_evidence() throws Exception {
    await()
        .atMost(LOADED_MACHINE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> !demo.workOrders().isEmpty() || !demo.supervisor().isAlive());
    assertThat(demo.workOrders()).as(demo.screen()).isNotEmpty();
    JsonNode first = demo.workOrders().get(0);
    assertThat(first.path("idempotencyKey").asText()).isNotBlank();
    assertThat(first.path("externalIdentifier").asText()).isNotBlank();
    assertThat(first.at("/assetRef/id").asText()).isEqualTo("harbour-roof-1");
    assertThat(first.path("failureModeCode").asText()).isEqualTo("REFRIGERANT_LEAK");
    assertThat(first.at("/evidence/eventIds")).isNotEmpty();
    assertThat(first.at("/evidence/metric").asText()).isNotBlank();
    assertThat(first.at("/evidence/value").isNumber()).isTrue();
    assertThat(first.at("/evidence/threshold").isNumber()).isTrue();
  }

  @Test
  @Order(2)
  void the_five_machines_and_the_three_devices_of_the_polled_cloud_are_online() {
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () -> assertThat(api.get("/usage").path("devices_online").asInt()).isEqualTo(8));
  }

  @Test
  @Order(3)
  void the_event_behind_the_work_order_is_in_the_api() throws Exception {
    JsonNode order = demo.workOrders().get(0);
    assertThat(ids("/events")).contains(order.at("/evidence/eventIds/0").asText());
  }

  @Test
  @Order(4)
  void the_console_shows_the_machines() throws Exception {
    assertThat(demo.page("/")).contains("RTU-1").contains("PUMP-2");
  }

  @Test
  @Order(5)
  void nothing_acknowledged_is_lost_when_the_hub_is_killed() throws Exception {
    probe = Probe.register(api, demo.hub(), mqttPort);
    probe.startCounting();
    await().atMost(LOADED_MACHINE).until(() -> probe.acknowledged() > 300);
    ProcessHandle killed = demo.hubProcess();
    killed.destroyForcibly();
    await().until(() -> !killed.isAlive());
    int before = probe.acknowledged();
    await()
        .atMost(LOADED_MACHINE)
        .until(() -> probe.acknowledged() > before + 100 && probe.refused() > 0);
    probe.stopCounting();

    assertThat(probe.acknowledgedByMqtt()).isNotEmpty();
    assertThat(probe.acknowledgedByHttp()).isNotEmpty();
    Set<Integer> kept = probe.kept(api);
    assertThat(kept).containsAll(probe.acknowledgedByMqtt());
    assertThat(kept).containsAll(probe.acknowledgedByHttp());
    assertThat(demo.hubProcess().pid()).isNotEqualTo(killed.pid());
  }

  @Test
  @Order(6)
  void an_order_planned_while_the_fsm_is_out_of_service_arrives_once_afterwards() throws Exception {
    registerPump();
    demo.fsm("POST", "/admin/outage?seconds=20");
    reportVibration(9.5);
    await()
        .atMost(LOADED_MACHINE)
        .until(
            () -> {
              // For a while from now on; it tells the hub to come again after it.
              demo.fsm("POST", "/admin/outage?seconds=20");
              return attempts(PUMP) > 0;
            });
    assertThat(ordersFor(PUMP)).isEmpty();
    await().atMost(LOADED_MACHINE).until(() -> !ordersFor(PUMP).isEmpty());
    assertThat(ordersFor(PUMP)).hasSize(1);
  }

  @Test
  @Order(7)
  void completing_its_order_in_the_fsm_ends_an_event_whose_signal_is_clear() throws Exception {
    JsonNode order = ordersFor(PUMP).get(0);
    String event = order.at("/evidence/eventIds/0").asText();
    await().atMost(LOADED_MACHINE).until(() -> statusOf(event).equals("linked_to_work_order"));
    demo.fsm("PATCH", "/work-orders/" + order.path("id").asText(), "{\"status\": \"completed\"}");
    reportVibration(1.2);
    await().atMost(LOADED_MACHINE).until(() -> statusOf(event).equals("resolved"));
  }

  @Test
  @Order(8)
  void the_gateway_that_the_demo_names_reads_its_two_machines() throws Exception {
    gateway =
        SiteProcess.start(
            home.resolveSibling("gateway.txt"),
            Map.of("HUB_SKIP_BUILD", "1"),
            List.of("bash", "-c", "cd \"$0\" && exec env " + demo.gatewayCommand(), ROOT));
    for (String machine : List.of("ROOF-RTU-1", "ROOF-PUMP-1")) {
      await()
          .atMost(LOADED_MACHINE)
          .untilAsserted(
              () ->
                  assertThat(api.get("/devices/" + machine + "/telemetry/latest").path("items"))
                      .as(gateway.output())
                      .hasSizeGreaterThan(5));
    }
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () ->
                assertThat(api.get("/gateways/GW-ROOF").at("/health/connections"))
                    .as(gateway.output())
                    .hasSize(2)
                    .allMatch(line -> line.path("state").asText().equalsIgnoreCase("up")));
  }

  @Test
  @Order(9)
  void five_faults_that_develop_become_five_work_orders_and_only_five() throws Exception {
    await()
        .atMost(Duration.ofMinutes(8))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> ordersOfThePlant().size() >= FAULTS.size());
    List<JsonNode> orders = ordersOfThePlant();
    assertThat(orders)
        .extracting(order -> order.path("failureModeCode").asText())
        .containsExactlyInAnyOrderElementsOf(FAULTS);
    for (JsonNode order : orders) {
      String event = order.at("/evidence/eventIds/0").asText();
      JsonNode detail = api.get("/events/" + event);
      assertThat(detail.path("timeline")).as("timeline of " + order).isNotEmpty();
      if (!order.path("failureModeCode").asText().equals("COMMUNICATION_LOST")) {
        assertThat(order.at("/evidence/value").isNumber()).as(order.toString()).isTrue();
        assertThat(detail.at("/series/0/points")).as("series of " + order).isNotEmpty();
      }
      JsonNode explanation = api.get("/events/" + event + "/explanation");
      assertThat(explanation.toString())
          .as("explanation of " + order)
          .contains(order.path("externalIdentifier").asText());
      assertThat(explanation.path("summary").asText()).startsWith("By the policy ");
    }
  }

  /** Without those of the test's own pump, and of the gateway's machines: the same, read twice. */
  private List<JsonNode> ordersOfThePlant() throws IOException, InterruptedException {
    List<JsonNode> orders = new ArrayList<>();
    for (JsonNode order : demo.workOrders()) {
      String event = order.at("/evidence/eventIds/0").asText();
      String serial = api.get("/events/" + event).path("serial").asText();
      assertThat(serial).as("serial of " + order).isNotEmpty();
      if (!serial.equals(PUMP) && !serial.startsWith("ROOF-")) {
        orders.add(order);
      }
    }
    return orders;
  }

  @Test
  @Order(10)
  void no_problem_has_a_second_work_order() throws Exception {
    assertNoSecondOrder();
  }

  @Test
  @Order(11)
  void every_panel_of_the_dashboards_shows_what_the_demo_does() throws Exception {
    try {
      assumeTrue(
          prometheus != null, "skipped: prometheus is not installed (apt-get install prometheus)");
      DemoDashboards dashboards = new DemoDashboards(prometheus, home);
      await()
          .atMost(LOADED_MACHINE)
          .pollInterval(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(dashboards.wrong()).isEmpty());
    } finally {
      if (gateway != null) {
        gateway.stop();
      }
    }
  }

  @Test
  @Order(12)
  void a_termination_signal_stops_every_process() {
    Set<ProcessHandle> all = demo.processes();
    assertThat(all).hasSizeGreaterThan(4);
    demo.terminate();
    await().atMost(STOPPED).untilAsserted(() -> assertThat(alive(all)).isEmpty());
    assertThat(demo.processes()).isEmpty();
  }

  @Test
  @Order(13)
  void the_next_start_goes_on_with_the_kept_data() throws Exception {
    startDemo();
    assertThat(api.get("/devices").path("items")).hasSize(12);
    assertThat(ids("/events")).isNotEmpty();
    assertThat(probe.kept(api)).containsAll(probe.acknowledgedByMqtt());
    assertThat(ordersFor(PUMP)).hasSize(1);
  }

  @Test
  @Order(14)
  void when_the_demo_itself_is_killed_its_processes_end() {
    Set<ProcessHandle> all = demo.processes();
    demo.supervisor().destroyForcibly();
    await().atMost(STOPPED).untilAsserted(() -> assertThat(alive(all)).isEmpty());
  }

  @Test
  @Order(15)
  void when_everything_is_killed_a_new_demo_takes_over_the_database_left_behind() throws Exception {
    startDemo();
    ProcessHandle hub = demo.hubProcess();
    demo.supervisor().destroyForcibly();
    hub.destroyForcibly();
    startDemo();
    assertThat(probe.kept(api)).containsAll(probe.acknowledgedByHttp());
    assertNoSecondOrder();
  }

  private void assertNoSecondOrder() throws IOException, InterruptedException {
    assertThat(demo.fsm("GET", "/admin/stats").path("duplicates").asInt()).isZero();
    List<JsonNode> orders = demo.workOrders();
    assertThat(orders)
        .extracting(order -> order.path("externalIdentifier").asText())
        .doesNotHaveDuplicates();
    assertThat(orders)
        .extracting(
            order -> order.at("/assetRef/id").asText() + " " + order.path("failureModeCode"))
        .doesNotHaveDuplicates();
  }

  /** A pump of the demo's own kind, whose bearings go when the test says so. */
  private void registerPump() throws IOException, InterruptedException {
    HubClient.Answer created =
        api.post(
            "/devices",
            """
            {"device_serial": "%s", "device_type": "pump", "manufacturer": "Ardent", "model": "P-40", "connection_type": "http"}\
            """
                .formatted(PUMP));
    assertThat(created.status()).isEqualTo(201);
    String asset = "{\"id\": \"%s\", \"name\": \"Pump of the test\"}".formatted(PUMP);
    assertThat(api.post("/assets", asset).status()).isEqualTo(201);
    assertThat(api.post("/devices/" + PUMP + "/assets/" + PUMP + "/link", "{}").status())
        .isEqualTo(200);
  }

  private void reportVibration(double speed) throws IOException, InterruptedException {
    Instant now = Instant.now();
    for (int seconds = 20; seconds >= 0; seconds -= 2) {
      HubClient.Answer answer =
          api.post(
              "/telemetry/ingest",
              """
              {"device_id": "%s", "timestamp": "%s", "measurements": [{"name": "vibration_rms", "value": %s, "unit": "mm/s"}]}\
              """
                  .formatted(PUMP, now.minusSeconds(seconds), speed));
      assertThat(answer.status()).isEqualTo(202);
    }
  }

  /** How often the hub has tried to send the orders of a device's events. */
  private int attempts(String serial) throws IOException, InterruptedException {
    Set<String> events = new HashSet<>();
    for (JsonNode event : api.get("/events?limit=500").path("items")) {
      if (event.path("serial").asText().equals(serial)) {
        events.add(event.path("id").asText());
      }
    }
    int attempts = 0;
    for (JsonNode action : api.get("/actions?limit=500").path("items")) {
      if (events.contains(action.path("eventId").asText())) {
        attempts += action.path("attempts").asInt();
      }
    }
    return attempts;
  }

  private String statusOf(String event) throws IOException, InterruptedException {
    for (JsonNode one : api.get("/events?limit=500").path("items")) {
      if (one.path("id").asText().equals(event)) {
        return one.path("status").asText();
      }
    }
    return "";
  }

  private List<JsonNode> ordersFor(String asset) throws IOException, InterruptedException {
    return demo.workOrders().stream()
        .filter(order -> order.at("/assetRef/id").asText().equals(asset))
        .toList();
  }

  private Set<String> ids(String path) throws IOException, InterruptedException {
    return StreamSupport.stream(api.get(path + "?limit=500").path("items").spliterator(), false)
        .map(item -> item.path("id").asText())
        .collect(Collectors.toSet());
  }

  private static Set<ProcessHandle> alive(Set<ProcessHandle> processes) {
    return processes.stream().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
  }
}
