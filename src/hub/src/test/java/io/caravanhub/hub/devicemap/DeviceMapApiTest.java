package io.caravanhub.hub.devicemap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Device maps over the API, in the running hub, with the plant's own servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeviceMapApiTest {
  private static final String MAPS = "/api/v1/device-maps";
  private static final String MAP =
      "protocol: opcua\npoints:\n  - {metric: flow, node: \"ns=2;s=PUMP-1/Flow\", unit: m3/h}\n";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-maps");
  private final String engineer = hub.token(tenant, "engineer");
  private final String viewer = hub.token(tenant, "viewer");
  private PumpOpcUaServer pump;
  private RooftopBacnetServer rooftop;

  @BeforeAll
  void start() throws Exception {
    Plant plant = new Plant(1, FaultTimetable.none());
    pump = new PumpOpcUaServer(plant.pump("PUMP-1"), 0);
    rooftop = new RooftopBacnetServer(plant.unit("RTU-2"), 1002, 0);
  }

  @AfterAll
  void stop() throws Exception {
    hub.owner()
        .sql("update devices set status = 'decommissioned' where tenant_id = ?")
        .param(tenant)
        .update();
    pump.close();
    rooftop.close();
  }

  private Answer put(String name, String token, String content, String match) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(MAPS + "/" + name))
            .PUT(RunningHub.publisher(Map.of("content", content)))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token);
    return hub.send((match.isEmpty() ? request : request.header("If-Match", match)).build());
  }

  private Answer delete(String name) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri(MAPS + "/" + name))
            .DELETE()
            .header("If-Match", "*")
            .header("Authorization", "Bearer " + engineer)
            .build());
  }

  @Test
  void aMapIsSavedReadChangedAndDeletedByItsTenantAlone() {
    Answer made = put("acme:p.opcua.yaml", engineer, MAP, "");
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    assertThat(made.text("origin")).isEqualTo("own");
    assertThat(put("acme:p.opcua.yaml", engineer, MAP, "").status()).isEqualTo(428);
    assertThat(put("acme:p.opcua.yaml", engineer, MAP, "\"other\"").status()).isEqualTo(412);
    assertThat(put("acme:p.opcua.yaml", engineer, "# x\n" + MAP, made.tag()).status())
        .isEqualTo(200);
    Answer seen = hub.get(MAPS + "/acme:p.opcua.yaml", viewer);
    assertThat(seen.text("content")).startsWith("# x\n");
    assertThat(seen.json().at("/points/0/line").asInt()).isEqualTo(4);
    assertThat(seen.json().at("/points/0/fields/metric").asText()).isEqualTo("flow");
    assertThat(hub.get(MAPS + "?q=acme/p.", viewer).json().at("/items/0/points").asInt())
        .isEqualTo(1);

    String stranger = hub.token(RunningHub.unique("t-other"), "admin");
    assertThat(hub.get(MAPS + "/acme:p.opcua.yaml", stranger).status()).isEqualTo(404);
    assertThat(hub.get(MAPS + "?q=acme", stranger).json().path("items")).isEmpty();
    assertThat(put("acme:p.opcua.yaml", viewer, MAP, "*").status()).isEqualTo(403);

    assertThat(delete("acme:p.opcua.yaml").status()).isEqualTo(204);
    assertThat(hub.get(MAPS + "/acme:p.opcua.yaml", engineer).status()).isEqualTo(404);
    assertThat(put("acme:p.opcua.yaml", engineer, MAP, seen.tag()).status()).isEqualTo(412);
    assertThat(delete("acme:p.opcua.yaml").status()).isEqualTo(404);
  }

  @Test
  void aShippedMapIsNeverWrittenToAndComesBackWhenTheOwnOneIsDeleted() {
    Answer shipped = hub.get(MAPS + "/ardent:p-40.opcua.yaml", engineer);
    assertThat(shipped.text("origin")).isEqualTo("shipped");
    assertThat(delete("ardent:p-40.opcua.yaml").status()).isEqualTo(409);
    assertThat(put("ardent:p-40.opcua.yaml", engineer, MAP, shipped.tag()).status()).isEqualTo(200);
    assertThat(hub.home().resolve("device-maps").resolve(tenant).resolve("ardent/p-40.opcua.yaml"))
        .hasContent(MAP);
    assertThat(hub.get(MAPS + "/ardent:p-40.opcua.yaml", engineer).text("content")).isEqualTo(MAP);
    assertThat(delete("ardent:p-40.opcua.yaml").status()).isEqualTo(204);
    assertThat(hub.get(MAPS + "/ardent:p-40.opcua.yaml", engineer).tag()).isEqualTo(shipped.tag());
  }

  @Test
  void whatCannotBeUsedIsRefusedWithLineAndField() {
    String wrong = MAP + "  - {metric: power, node: nowhere}\n";
    Answer refused = put("acme:w.opcua.yaml", engineer, wrong, "");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("detail")).startsWith("line 4: points[1].node: expected a node id");
    JsonNode checked = hub.post(MAPS + "/check", engineer, Map.of("content", wrong)).json();
    assertThat(checked.path("ok").asBoolean()).isFalse();
    assertThat(checked.at("/problems/0/line").asInt()).isEqualTo(4);
    assertThat(checked.path("points")).hasSize(2);
    assertThat(put("acme:w.modbus.yaml", engineer, MAP, "").text("detail"))
        .contains("opcua does not go with the name");
  }

  @Test
  void noNameLeadsOutOfTheFolder() {
    for (String name :
        List.of(
            "..:..:etc:x.opcua.yaml",
            "a:..:..:b.opcua.yaml",
            ".hidden.opcua.yaml",
            "a::b.opcua.yaml",
            "plain.yaml",
            "a.modbus.yaml:b.modbus.yaml",
            "a:b.opcua.yaml:c.bacnet.yaml",
            "%2Fetc%2Fx.opcua.yaml",
            "a%5Cb.opcua.yaml")) {
      assertThat(put(name, engineer, MAP, "").status()).as(name).isIn(400, 404);
    }
  }

  @Test
  void aListOfTagsIsPreviewedAndImported() {
    String csv = "metric,node,unit\nflow,ns=2;s=X,m3/h\npower,ns=2;s=P,kW\nbad,here,kW\n";
    put("acme:i.opcua.yaml", engineer, MAP, "");
    Map<String, Object> dry = Map.of("tags", csv, "conflict", "merge", "dry_run", true);
    Answer preview = hub.post(MAPS + "/acme:i.opcua.yaml/import", engineer, dry);
    assertThat(preview.status()).as(preview.body()).isEqualTo(200);
    assertThat(preview.json().at("/counts").toString())
        .isEqualTo(
            "{\"added\":1,\"changed\":1,\"same\":0,\"skipped\":0,\"renamed\":0,\"wrong\":1}");
    assertThat(preview.text("content")).contains("ns=2;s=X", "metric: power");
    assertThat(hub.get(MAPS + "/acme:i.opcua.yaml", engineer).text("content")).isEqualTo(MAP);
    Answer failed =
        hub.send(
            HttpRequest.newBuilder(hub.uri(MAPS + "/acme:i.opcua.yaml/import"))
                .POST(RunningHub.publisher(Map.of("tags", csv, "conflict", "merge")))
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .header("Authorization", "Bearer " + engineer)
                .build());
    assertThat(failed.json().path("written").asBoolean()).as(failed.body()).isTrue();
    assertThat(hub.get(MAPS + "/acme:i.opcua.yaml", engineer).json().path("points")).hasSize(2);
  }

  @Test
  void aDeviceIsBrowsedAndReadByTheMapThatWasMadeOfIt() {
    RunningHub.Registered device =
        hub.device(
            engineer,
            Map.of(
                "connection_type",
                "opcua",
                "connection",
                Map.of("address", pump.address(), "interval", "PT0.2S")));
    JsonNode top = browse(Map.of("device", device.serial()));
    assertThat(top.path("tags").findValuesAsText("name")).contains("PUMP-1");
    JsonNode below = browse(Map.of("device", device.serial(), "path", "ns=2;s=PUMP-1"));
    JsonNode flow = below.at("/tags/0");
    assertThat(flow.at("/point").toString())
        .isEqualTo("{\"metric\":\"flow\",\"node\":\"ns=2;s=PUMP-1/Flow\",\"unit\":\"m3/h\"}");
    assertThat(flow.path("value").asDouble()).isPositive();

    String points = "[" + flow.path("point") + "]";
    Answer made = hub.post(MAPS + "/acme:read.opcua.yaml/import", engineer, Map.of("tags", points));
    assertThat(made.json().path("written").asBoolean()).as(made.body()).isTrue();
    hub.send(
        "PATCH",
        "/api/v1/devices/" + device.id(),
        engineer,
        RunningHub.publisher(
            Map.of(
                "connection",
                Map.of(
                    "address",
                    pump.address(),
                    "interval",
                    "PT0.2S",
                    "map",
                    "acme/read.opcua.yaml"))));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        hub.get("/api/v1/devices/" + device.id() + "/telemetry/latest", viewer)
                            .body())
                    .contains("\"flow\""));
    assertThat(delete("acme:read.opcua.yaml").text("detail")).contains(device.serial());
  }

  @Test
  void aBacnetDeviceIsBrowsedByItsAddress() {
    JsonNode found = browse(Map.of("protocol", "bacnet", "address", rooftop.address(), "limit", 5));
    assertThat(found.path("tags")).hasSize(5);
    assertThat(found.path("more").asBoolean()).isTrue();
    assertThat(found.path("tags").toString()).contains("\"object\":\"analog-input:1\"");
  }

  @Test
  void onlyWhoMayRegisterDevicesBrowsesAndNoFileOfTheHubIsRead() throws Exception {
    Map<String, Object> request = Map.of("protocol", "opcua", "address", pump.address());
    assertThat(hub.post(MAPS + "/browse", viewer, request).status()).isEqualTo(403);
    Path secret = Files.writeString(hub.home().resolve("secret"), "s");
    Answer refused =
        hub.post(
            MAPS + "/browse",
            engineer,
            Map.of(
                "protocol",
                "opcua",
                "address",
                pump.address(),
                "options",
                Map.of("user", "u", "passwordFile", secret.toString())));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo("options.passwordFile");
    JsonNode away = browse(Map.of("protocol", "opcua", "address", "opc.tcp://127.0.0.1:1"));
    assertThat(away.path("reachable").asBoolean()).isFalse();
    assertThat(away.path("reason").asText()).isNotBlank();
  }

  @Test
  void aRegisteredDeviceGetsNoFileButItsTenantsOwnPasswords() throws Exception {
    Path token = Files.writeString(hub.home().resolve("outside.token"), "s");
    Path own = Files.createDirectories(hub.home().resolve("secrets").resolve(tenant));
    Path others = Files.createDirectories(own.resolveSibling(tenant + "-other"));
    Files.writeString(own.resolve("plc"), "s");
    Files.writeString(others.resolve("plc"), "s");
    for (String file :
        List.of(
            token.toString(), others.resolve("plc").toString(), "../" + tenant + "-other/plc")) {
      JsonNode refused = browse(Map.of("device", withPassword(file)));
      assertThat(refused.path("reachable").asBoolean()).as(file).isFalse();
      assertThat(refused.path("reason").asText())
          .startsWith("options.passwordFile: expected a file of at most 4096 bytes below " + own);
    }
    assertThat(browse(Map.of("device", withPassword("plc"))).path("reason").asText())
        .doesNotContain("passwordFile: expected");
  }

  private String withPassword(String file) {
    return hub.device(
            engineer,
            Map.of(
                "connection_type",
                "opcua",
                "connection",
                Map.of(
                    "address",
                    pump.address(),
                    "options",
                    Map.of("user", "u", "passwordFile", file, "plainPassword", "true"))))
        .serial();
  }

  @Test
  void whatIsTooLargeIsRefused() {
    Answer map = put("acme:large.opcua.yaml", engineer, MAP + "#".repeat(1 << 20), "");
    assertThat(map.status()).as(map.body()).isEqualTo(413);
    String list = "metric,node\n" + "#".repeat(2 << 20);
    Answer tags = hub.post(MAPS + "/acme:large.opcua.yaml/import", engineer, Map.of("tags", list));
    assertThat(tags.status()).as(tags.body()).isEqualTo(413);
    Answer many =
        hub.post(
            MAPS + "/acme:large.opcua.yaml/import",
            engineer,
            Map.of("tags", "metric,node\n" + "a,ns=2;s=A\n".repeat(5_001), "dry_run", true));
    assertThat(many.status()).isEqualTo(422);
    assertThat(many.text("detail")).contains("5001 tags: divide it");
  }

  @Test
  void anAddressIsNoneOfTheLinkAndNoInterfaceIsChosen() {
    for (String address :
        List.of(
            "opc.tcp://169.254.169.254:80/x", "opc.tcp://[fe80::1]:4840", "opc.tcp://[fe80::1]")) {
      Answer refused =
          hub.post(MAPS + "/browse", engineer, Map.of("protocol", "opcua", "address", address));
      assertThat(refused.status()).as(address).isEqualTo(400);
      assertThat(refused.text("field")).isEqualTo("address");
    }
    Answer bound =
        hub.post(
            MAPS + "/browse",
            engineer,
            Map.of(
                "protocol",
                "bacnet",
                "address",
                rooftop.address(),
                "options",
                Map.of("bind", "127.0.0.1:0")));
    assertThat(bound.text("field")).isEqualTo("options.bind");
  }

  @Test
  void aSerialLineThatIsReadIsNotDisturbed() {
    hub.device(
        engineer,
        Map.of(
            "connection_type",
            "modbus_rtu_tcp",
            "connection",
            Map.of("address", "127.0.0.1:1", "map", "acme/none.modbus.yaml")));
    Answer refused =
        hub.post(
            MAPS + "/discover",
            engineer,
            Map.of("protocol", "modbus-rtu-tcp", "address", "127.0.0.1:1", "unit", 2));
    assertThat(refused.status()).as(refused.body()).isEqualTo(409);
    assertThat(refused.text("detail")).startsWith("the hub reads devices of this serial line");
  }

  private JsonNode browse(Map<String, Object> request) {
    Answer answer = hub.post(MAPS + "/browse", engineer, request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
