package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The device type calls of the API. */
class DeviceTypeCallsTest {
  private static final String PATH = "/api/v1/device-types/";

  private final TypesFixture types = new TypesFixture();

  @Test
  void aChangeMadeForAnOlderVersionIsRefusedWithWhoChangedItAndWhen() {
    types.type(Map.of("name", "a"));

    assertThat(types.put(PATH + "a", "\"1\"", Map.of("description", "one")).status())
        .isEqualTo(200);
    Answer late = types.put(PATH + "a", "\"1\"", Map.of("description", "two"));
    Answer blind = types.put(PATH + "a", "", Map.of("description", "three"));

    assertThat(late.status()).isEqualTo(412);
    assertThat(late.isProblem()).isTrue();
    assertThat(late.text("detail")).contains("is at version 2, changed by admin:test at 20");
    assertThat(blind.status()).isEqualTo(428);
    assertThat(types.hub.get(PATH + "a", types.admin).text("description")).isEqualTo("one");
    assertThat(
            types.hub.count(
                "select count(*) from audit where tenant_id = ? and verb like 'device-type.%'",
                types.tenant))
        .isEqualTo(2);
  }

  @Test
  void theHistoryTellsEveryVersionAndAnEarlierOneTakesEffectAgain() {
    types.type(Map.of("name", "a", "description", "one", "note", "first of all"));
    types.put(PATH + "a", "\"1\"", Map.of("description", "two", "note", "better"));

    Answer back = post(PATH + "a/rollback", "\"2\"", Map.of("version", 1));
    JsonNode versions = types.hub.get(PATH + "a/versions", types.admin).json().path("items");
    JsonNode diff = types.hub.get(PATH + "a/versions/1/diff?to=2", types.admin).json();

    assertThat(back.status()).as(back.body()).isEqualTo(200);
    assertThat(back.text("description")).isEqualTo("one");
    assertThat(versions.findValuesAsText("version")).containsExactly("3", "2", "1");
    assertThat(versions.findValuesAsText("note"))
        .containsExactly("back to version 1", "better", "first of all");
    assertThat(versions.at("/0/author").asText()).isEqualTo("admin:test");
    assertThat(diff.path("diff").asText()).contains("-description: one\n+description: two");
    assertThat(types.hub.get(PATH + "a/versions/2", types.admin).text("description"))
        .isEqualTo("two");
    assertThat(post(PATH + "a/rollback", "\"2\"", Map.of("version", 1)).status()).isEqualTo(412);
    assertThat(types.hub.get(PATH + "a/versions/9", types.admin).status()).isEqualTo(404);
  }

  @Test
  void aVersionThatCameOfPublishingItsMappingIsInTheHistory() {
    types.type(Map.of("name", "a", "mapping", Map.of("jsonata", "{\"metrics\":{\"flow\": 1}}")));
    types.put(
        "/api/v1/mappings/type:a/draft", "", Map.of("jsonata", "{\"metrics\":{\"flow\": 2}}"));
    types.hub.post("/api/v1/mappings/type:a/publish", types.admin, Map.of());
    JsonNode now = types.hub.get(PATH + "a/versions", types.admin).json().path("items");
    types.put(PATH + "a", "*", Map.of("description", "no mapping"));

    JsonNode later = types.hub.get(PATH + "a/versions", types.admin).json().path("items");

    assertThat(now.findValuesAsText("version")).containsExactly("2", "1");
    assertThat(later.findValuesAsText("version")).containsExactly("3", "2", "1");
    assertThat(later.at("/1/note").asText()).isEqualTo("its mapping was changed as type/a");
  }

  @Test
  void eachVersionThatCameOfPublishingItsMappingIsInTheHistoryAndInForceAtOnce() {
    types.type(Map.of("name", "a", "mapping", Map.of("jsonata", "{\"metrics\":{\"flow\": 1}}")));
    for (int flow = 2; flow <= 3; flow++) {
      types.put(
          "/api/v1/mappings/type:a/draft",
          "",
          Map.of("jsonata", "{\"metrics\":{\"flow\": " + flow + "}}"));
      types.hub.post("/api/v1/mappings/type:a/publish", types.admin, Map.of());

      assertThat(
              java.util.Objects.requireNonNull(
                      types.hub.bean(DeviceTypes.class).find(types.tenant, "a"))
                  .version())
          .isEqualTo(flow);
    }
    types.hub.post("/api/v1/mappings/type:a/rollback", types.admin, Map.of("version", 1));

    JsonNode versions = types.hub.get(PATH + "a/versions", types.admin).json().path("items");

    assertThat(versions.findValuesAsText("version")).containsExactly("4", "3", "2", "1");
    assertThat(versions.at("/2/note").asText()).isEqualTo("its mapping was changed as type/a");
    assertThat(
            types
                .hub
                .get(PATH + "a/versions/2", types.admin)
                .json()
                .at("/mapping/jsonata")
                .asText())
        .isEqualTo("{\"metrics\":{\"flow\": 2}}");
  }

  private Answer post(String path, String match, Object body) {
    return types.hub.send(
        java.net.http.HttpRequest.newBuilder(types.hub.uri(path))
            .POST(io.caravanhub.hub.RunningHub.publisher(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + types.admin)
            .header("If-Match", match)
            .build());
  }

  @Test
  void aChangeOfAnotherHubCountsWithinTwoSeconds() {
    types.type(Map.of("name", "a", "mapping", Map.of("jsonata", "{\"metrics\":{\"flow\": 1}}")));
    Registered device = types.device("a");
    types.publish(device, Map.of());

    types
        .hub
        .owner()
        .sql("update device_types set jsonata = ? where tenant_id = ?")
        .params("{\"metrics\":{\"flow\": 2}}", types.tenant)
        .update();

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              types.publish(device, Map.of());
              return types.value(device.serial(), "flow") == 2;
            });
  }

  @Test
  void theYamlFileOfATypeMakesTheSameTypeElsewhere() {
    types.type(
        Map.of(
            "name",
            "hub-1",
            "processing_mode",
            "gateway",
            "demultiplexing",
            Map.of("split", "sensors[kind = \"t\"]", "device_type", "room"),
            "mapping",
            "halden/aerotop",
            "limits",
            Map.of("temperature", Map.of("max", 30.5)),
            "message_schema",
            Map.of("required", List.of("sensors"))));
    String yaml = yaml("hub-1");
    TypesFixture other = new TypesFixture();

    Answer imported = other.hub.post(PATH + "import", other.admin, yaml);

    assertThat(imported.status()).as(imported.body()).isEqualTo(200);
    assertThat(yaml).contains("processing_mode: gateway").contains("  jsonata: |");
    assertThat(without(imported.json()))
        .isEqualTo(without(types.hub.get(PATH + "hub-1", types.admin).json()));
    assertThat(imported.json().at("/mapping/name").asText()).isEqualTo("halden/aerotop");
    assertThat(other.hub.post(PATH + "import", other.admin, yaml).status()).isEqualTo(428);
  }

  @Test
  void aMappingThatIsNotHereOrIsAnotherComesInTheType() {
    Answer imported =
        types.hub.post(
            PATH + "import",
            types.admin,
            "name: b\nmapping:\n  name: nobody/nothing\n  jsonata: |\n    {\"metrics\": {\"flow\": f}}\n");

    assertThat(imported.status()).as(imported.body()).isEqualTo(200);
    assertThat(imported.json().at("/mapping/name").isMissingNode()).isTrue();
    assertThat(imported.json().at("/mapping/jsonata").asText()).contains("flow");
  }

  @Test
  void aTypeIsTriedBeforeItIsThere() {
    Answer tried =
        types.hub.post(
            PATH + "draft/test",
            types.admin,
            Map.of(
                "type",
                Map.of(
                    "processing_mode",
                    "gateway",
                    "demultiplexing",
                    Map.of("split", "s", "device_type", "room"),
                    "limits",
                    Map.of("temperature", Map.of("max", 30))),
                "payload",
                Map.of(
                    "s",
                    List.of(
                        Map.of("id", "1", "metrics", Map.of("temperature", 31)),
                        Map.of("id", "2", "metrics", Map.of("temperature", "n/a"))))));

    assertThat(tried.status()).as(tried.body()).isEqualTo(200);
    JsonNode parts = tried.json().path("parts");
    assertThat(parts.at("/0/fate").asText()).isEqualTo("refused");
    types.autoRegister();
    assertThat(types.rows()).isZero();
    assertThat(types.hub.get(PATH + "draft", types.admin).status()).isEqualTo(404);
  }

  @Test
  void aTrialShowsWhatWouldBecomeOfEachPart() {
    types.autoRegister();
    types.type(
        Map.of(
            "name",
            "g",
            "processing_mode",
            "gateway",
            "demultiplexing",
            Map.of("split", "s"),
            "limits",
            Map.of("temperature", Map.of("max", 30))));
    Map<String, Object> payload =
        Map.of(
            "s",
            List.of(
                Map.of("id", "1", "metrics", Map.of("temperature", 31)),
                Map.of("id", "2", "metrics", Map.of("temperature", "n/a"))));

    JsonNode tried =
        types.hub.post(PATH + "g/test", types.admin, Map.of("payload", payload)).json();

    assertThat(tried.at("/parts/0/device").asText()).isEqualTo("trial:1");
    assertThat(tried.at("/parts/0/fate").asText()).isEqualTo("made");
    assertThat(tried.at("/parts/0/measurements/0/quality").asText()).isEqualTo("suspect");
    assertThat(tried.at("/parts/1/rejected/0/field").asText())
        .isEqualTo("parts[1].metrics.temperature");
    assertThat(types.hub.count("select count(*) from devices where tenant_id = ?", types.tenant))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "name, '{\"name\": \"a b\"}'",
    "processing_mode, '{\"name\": \"a\", \"processing_mode\": \"hub\"}'",
    "demultiplexing, '{\"name\": \"a\", \"processing_mode\": \"gateway\"}'",
    "demultiplexing.split, '{\"name\": \"a\", \"processing_mode\": \"gateway\", \"demultiplexing\": {\"split\": \"a[\"}}'",
    "demultiplexing.ports, '{\"name\": \"a\", \"processing_mode\": \"rtu_multiport\", \"demultiplexing\": {}}'",
    "chunking, '{\"name\": \"a\", \"processing_mode\": \"gateway_chunked\", \"demultiplexing\": {}}'",
    "chunking.sequence, '{\"name\": \"a\", \"processing_mode\": \"gateway_chunked\", \"demultiplexing\": {}, \"chunking\": {\"correlation_id\": \"c\"}}'",
    "mapping, '{\"name\": \"a\", \"mapping\": \"no/such\"}'",
    "mapping.jsonata, '{\"name\": \"a\", \"mapping\": {\"jsonata\": \"{\"}}'",
    "mapping.fields, '{\"name\": \"a\", \"mapping\": {\"fields\": {\"fields\": {\"t\": {\"metric\": \"flow\", \"unit\": \"furlong\"}}}}}'",
    "message_schema.type, '{\"name\": \"a\", \"message_schema\": {\"type\": \"thing\"}}'",
    "message_schema.$ref, '{\"name\": \"a\", \"message_schema\": {\"$ref\": \"http://example.org/x\"}}'",
    "limits.flow.max, '{\"name\": \"a\", \"limits\": {\"flow\": {\"max\": \"x\"}}}'",
    "defaults.colour, '{\"name\": \"a\", \"defaults\": {\"colour\": \"red\"}}'",
    "schema, '{\"name\": \"a\", \"schema\": {}}'"
  })
  void whatCannotBeUsedIsToldByItsField(String field, String type) {
    Answer answer = types.hub.post("/api/v1/device-types", types.admin, type);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
  }

  @Test
  void aPatternThatWouldNeverEndIsStopped() {
    types.type(
        Map.of(
            "name",
            "a",
            "message_schema",
            Map.of("properties", Map.of("s", Map.of("pattern", "^(a+)+b\\1$")))));
    Registered device = types.device("a");

    types.publish(device, Map.of("s", "a".repeat(40) + "!", "metrics", Map.of("flow", 1)));

    assertThat(types.letters())
        .containsExactly("body: message_schema: a pattern takes too long for this text");
  }

  @Test
  void onlyItsTenantSeesAType() {
    types.type(Map.of("name", "a"));

    assertThat(types.hub.get(PATH + "a", new TypesFixture().admin).status()).isEqualTo(404);
    assertThat(
            types
                .hub
                .post(
                    "/api/v1/device-types",
                    types.hub.token(types.tenant, "viewer"),
                    Map.of("name", "b"))
                .status())
        .isEqualTo(403);
  }

  private String yaml(String name) {
    Answer answer = types.hub.get(PATH + name + "/export", types.admin);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static JsonNode without(JsonNode type) {
    com.fasterxml.jackson.databind.node.ObjectNode left = type.deepCopy();
    left.remove(List.of("version", "author", "updated_at"));
    return left;
  }
}
