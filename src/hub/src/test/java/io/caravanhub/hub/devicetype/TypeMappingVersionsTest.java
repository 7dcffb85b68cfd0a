package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The mapping that a device type brings along is a mapping with versions. */
class TypeMappingVersionsTest {
  private static final String TYPE = "/api/v1/device-types/a";
  private static final String MAPPING = "/api/v1/mappings/type:a";

  private final TypesFixture types = new TypesFixture();
  private final RunningHub hub = types.hub;

  private static Map<String, Object> yielding(int flow) {
    return Map.of("jsonata", expression(flow));
  }

  private static String expression(int flow) {
    return "{\"timestamp\": t, \"metrics\": {\"flow\": " + flow + "}}";
  }

  private List<String> history(Registered device) {
    JsonNode items =
        hub.get(
                "/api/v1/devices/"
                    + device.id()
                    + "/telemetry/history?with=mapping&from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z",
                types.admin)
            .json()
            .path("items");
    List<String> rows = new java.util.ArrayList<>();
    items.forEach(
        row -> rows.add(row.path("value").asInt() + " by " + row.path("mapping").asText()));
    return rows;
  }

  private static Map<String, Object> at(int second) {
    return Map.of("t", "2026-01-02T00:00:0" + second + "Z");
  }

  @Test
  void rowsNameTheVersionOfTheTypesOwnMappingThatMadeThem() {
    types.type(Map.of("name", "a", "mapping", yielding(1)));
    Registered device = types.device("a");
    types.publish(device, at(1));

    Answer changed = types.put(TYPE, "\"1\"", Map.of("mapping", yielding(2)));
    types.publish(device, at(2));

    assertThat(changed.text("version")).isEqualTo("2");
    assertThat(history(device)).containsExactly("1 by type/a@1", "2 by type/a@2");
    JsonNode versions = hub.get(MAPPING + "/versions", types.admin).json().path("items");
    assertThat(versions.findValuesAsText("status")).containsExactly("published", "superseded");
    assertThat(versions.at("/0/author").asText()).isEqualTo("admin:test");
    assertThat(versions.at("/0/sha256").asText())
        .isEqualTo(
            hub.owner()
                .sql("select encode(sha256(convert_to(?, 'UTF8')), 'hex')")
                .param(expression(2))
                .query(String.class)
                .single());
  }

  @Test
  void aChangeOfTheTypeThatLeavesItsMappingAsItIsMakesNoVersion() {
    types.type(Map.of("name", "a", "mapping", yielding(1)));

    types.put(TYPE, "\"1\"", Map.of("mapping", yielding(1), "description", "other"));

    assertThat(hub.get(MAPPING, types.admin).text("version")).isEqualTo("1");
  }

  @Test
  void aDraftThatIsPublishedIsTheTypesMappingAndAChangeOfTheType() {
    types.type(Map.of("name", "a", "mapping", yielding(1)));
    Registered device = types.device("a");
    hub.send(
        "PUT",
        MAPPING + "/draft",
        types.admin,
        RunningHub.publisher(Map.of("jsonata", expression(2))));

    assertThat(hub.post(MAPPING + "/publish", types.admin, Map.of()).status()).isEqualTo(200);
    types.publish(device, at(2));

    assertThat(history(device)).containsExactly("2 by type/a@2");
    JsonNode type = hub.get(TYPE, types.admin).json();
    assertThat(type.at("/mapping/jsonata").asText()).isEqualTo(expression(2));
    assertThat(type.path("version").asInt()).isEqualTo(2);
    assertThat(types.put(TYPE, "\"1\"", Map.of("mapping", yielding(1))).status()).isEqualTo(412);

    hub.post(MAPPING + "/rollback", types.admin, Map.of("version", 1));
    types.publish(device, at(3));

    assertThat(history(device)).containsExactly("2 by type/a@2", "1 by type/a@3");
    assertThat(hub.get(TYPE, types.admin).json().at("/mapping/jsonata").asText())
        .isEqualTo(expression(1));
  }

  @Test
  void aPartThatTheTypesMappingCannotUseIsShownWithItAndReplayedByWhatIsInForceThen() {
    types.autoRegister();
    types.type(gatewayOf("f"));
    Registered gateway = types.device("a");

    types.publish(
        gateway, Map.of("s", List.of(Map.of("id", 1, "f", "x", "g", 5), Map.of("id", 2, "f", 6))));

    JsonNode shown = hub.get(MAPPING + "/payloads", types.admin).json().path("items");
    assertThat(shown.findValuesAsText("source")).contains("dead-letter");
    JsonNode refused =
        shown.at("/0/source").asText().equals("dead-letter") ? shown.get(0) : shown.get(1);
    assertThat(refused.at("/payload/f").asText()).isEqualTo("x");
    JsonNode letter = hub.get("/api/v1/dead-letters", types.admin).json().at("/items/0");
    assertThat(letter.path("mapping").asText()).isEqualTo("type/a");

    types.put(TYPE, "*", gatewayOf("g"));
    Answer replayed =
        hub.post(
            "/api/v1/dead-letters/" + letter.path("id").asText() + "/replay",
            types.admin,
            Map.of());
    assertThat(replayed.status()).as(replayed.body()).isEqualTo(200);
    assertThat(types.value(gateway.serial() + ":1", "flow")).isEqualTo(5);
  }

  private static Map<String, Object> gatewayOf(String field) {
    return Map.of(
        "name",
        "a",
        "processing_mode",
        "gateway",
        "demultiplexing",
        Map.of("split", "s", "device_type", "room"),
        "mapping",
        Map.of("jsonata", "{\"metrics\": {\"flow\": " + field + "}}"));
  }

  @Test
  void partsOfAGatewaysMessageAreCountedAndShownWithTheMappingOfTheType() {
    types.autoRegister();
    types.type(
        Map.of(
            "name",
            "a",
            "processing_mode",
            "gateway",
            "demultiplexing",
            Map.of("split", "s", "device_type", "room"),
            "mapping",
            Map.of("jsonata", "{\"timestamp\": t, \"metrics\": {\"flow\": f}}")));
    Registered gateway = types.device("a");
    String t = "2026-01-02T00:00:00Z";

    types.publish(
        gateway,
        Map.of("s", List.of(Map.of("id", 1, "t", t, "f", 5), Map.of("id", 2, "t", t, "f", 6))));

    JsonNode mapping = hub.get(MAPPING, types.admin).json();
    assertThat(mapping.path("matched").asInt()).isEqualTo(2);
    assertThat(hub.get(MAPPING + "/payloads", types.admin).json().at("/items/0/payload/f").asInt())
        .isEqualTo(5);
    assertThat(
            hub.get(
                    "/api/v1/devices/"
                        + gateway.serial()
                        + ":1/telemetry/history?with=mapping&from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z",
                    types.admin)
                .json()
                .at("/items/0/mapping")
                .asText())
        .isEqualTo("type/a@1");
  }
}
