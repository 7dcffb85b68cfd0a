package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code DELETE /mappings/{name}}. */
class MappingDeletionTest {
  private final VersionedMapping mapping = new VersionedMapping();
  private final RunningHub hub = mapping.hub;
  private final String admin = mapping.admin;

  private Answer delete(String path) {
    return hub.send("DELETE", path, admin, RunningHub.publisher(Map.of()));
  }

  @Test
  void anAdminsMappingIsGoneWithItsDraftAndOneMadeLaterGoesOnCounting() {
    mapping.publish(VersionedMapping.yielding(1));
    mapping.draft(VersionedMapping.yielding(2));

    assertThat(delete(mapping.path).status()).isEqualTo(204);

    assertThat(mapping.get().status()).isEqualTo(404);
    assertThat(delete(mapping.path).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/mappings?q=" + mapping.name, admin).json().path("items")).isEmpty();
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and verb = 'mapping.delete' and before is not null",
                mapping.tenant))
        .isEqualTo(1);
    assertThat(mapping.publish(VersionedMapping.yielding(3))).isEqualTo(2);
  }

  @Test
  void rowsStillNameTheVersionOfAMappingThatIsDeleted() throws Exception {
    mapping.publish("{\"timestamp\": \"2026-01-02T00:00:00Z\", \"metrics\": {\"flow\": 1}}");
    Registered device = mapping.device();
    try (var mqtt =
        io.caravanhub.hub.MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish("t/" + mapping.tenant + "/d/" + device.id() + "/telemetry", "{}")
          .get(10, java.util.concurrent.TimeUnit.SECONDS);
    }
    hub.send(
        "PATCH",
        "/api/v1/devices/" + device.id(),
        admin,
        RunningHub.publisher(Map.of("mapping", "halden/aerotop")));

    assertThat(delete(mapping.path).status()).isEqualTo(204);

    assertThat(
            hub.get(
                    "/api/v1/devices/"
                        + device.id()
                        + "/telemetry/history?with=mapping&from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z",
                    admin)
                .json()
                .at("/items/0/mapping")
                .asText())
        .isEqualTo(mapping.name + "@1");
  }

  @Test
  void whatUsesAMappingIsNamedAndKeepsIt() {
    mapping.publish(VersionedMapping.yielding(1));
    Registered device = mapping.device();
    hub.post("/api/v1/device-types", admin, Map.of("name", "a", "mapping", mapping.name));
    hub.post(
        "/api/v1/device-types",
        admin,
        Map.of("name", "b", "mapping", Map.of("jsonata", VersionedMapping.yielding(1))));

    Answer refused = delete(mapping.path);
    Answer own = delete("/api/v1/mappings/type:b");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail"))
        .contains("device type a")
        .contains("device " + device.serial());
    assertThat(own.text("detail")).contains("used by device type b");
    assertThat(mapping.get().status()).isEqualTo(200);
  }

  @Test
  void oneThatComesWithAFileSaysWhyItStays() {
    Answer refused = delete("/api/v1/mappings/halden:aerotop");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).startsWith("it comes with a file");
  }
}
