package io.caravanhub.hub.gatewayconfig;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.hub.Answer;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drafts, versions and reports of a gateway's configuration over the API, in the running hub. */
class ConfigurationApiTest {
  private static final String MAP =
      """
      protocol: modbus-tcp
      points:
        - metric: temperature
          unit: Cel
          address: 1
          type: int16
      """;
  private static final String CONNECTIONS =
      """
      - device: RTU-1
        protocol: modbus-tcp
        address: 192.0.2.1:502
        map: own.modbus.yaml
      """;
  private static final Map<String, String> GOOD =
      Map.of("maps/own.modbus.yaml", MAP, "fieldbus.yaml", CONNECTIONS);

  private final GatewayApi gateway = new GatewayApi();

  @Test
  void aDraftIsCheckedPublishedPulledAndReported() {
    assertThat(pull(null).json().path("version").asInt()).isZero();
    Answer saved = gateway.call("PUT", "/configuration/draft", Map.of("files", GOOD));
    assertThat(saved.status()).as(saved.body()).isEqualTo(200);
    assertThat(gateway.call("POST", "/configuration/check", "{}").json().path("ok").asBoolean())
        .isTrue();
    Answer published =
        gateway.call(
            "POST",
            "/configuration/publish",
            gateway.admin,
            Map.of("reason", "first"),
            saved.tag());
    assertThat(published.status()).as(published.body()).isEqualTo(200);

    Answer pulled = pull(null);
    assertThat(pulled.tag()).isEqualTo("\"1\"");
    assertThat(pulled.text("sha256")).isEqualTo(new Bundle(new TreeMap<>(GOOD)).sha256());
    assertThat(pull("\"1\"").status()).isEqualTo(304);
    assertThat(state().path("drift").asBoolean()).isTrue();
    for (String said : new String[] {"applying", "healthy", "healthy"}) {
      Answer report =
          gateway.call(
              "POST",
              "/configuration/report",
              gateway.token,
              Map.of("version", 1, "state", said),
              null);
      assertThat(report.status()).as(report.body()).isEqualTo(200);
    }
    assertThat(state().path("drift").asBoolean()).isFalse();
    assertThat(state().path("reported").path("state").asText()).isEqualTo("healthy");
    assertThat(
            gateway.hub.count(
                "select count(*) from gateway_reports where gateway_id::text = ?", gateway.id))
        .isEqualTo(2);
  }

  @Test
  void devicesThatAreNotBehindTheGatewayAndThoseNoLongerReadAreWarnedOf() {
    String other = gateway.hub.device(gateway.admin, Map.of()).serial();
    gateway.device("AHU-7");
    String known = CONNECTIONS.replace("RTU-1", "AHU-7");
    assertThat(gateway.publish(with(CONNECTIONS + known)).status()).isEqualTo(200);

    JsonNode warnings =
        gateway
            .call(
                "POST",
                "/configuration/check",
                Map.of("files", with(CONNECTIONS + CONNECTIONS.replace("RTU-1", other))))
            .json()
            .path("warnings");

    assertThat(warnings.findValuesAsText("detail"))
        .satisfiesExactly(
            first -> assertThat(first).contains("RTU-1 is not registered"),
            second -> assertThat(second).contains(other + " is not behind this gateway"),
            third -> assertThat(third).startsWith("no longer read: AHU-7"));
    assertThat(warnings.findValuesAsText("line")).startsWith("1", "5");
    assertThat(check(with(CONNECTIONS + known))).hasSize(1);
    assertThat(check(Map.of())).singleElement().asString().contains("edge.yaml");
  }

  @Test
  void whatTheHealthReportsCountsAsRead() {
    Answer told =
        gateway.call(
            "POST",
            "/health",
            gateway.token,
            Map.of("connections", java.util.List.of(Map.of("device", "OWN-1", "state", "up"))),
            null);
    assertThat(told.status()).as(told.body()).isBetween(200, 299);

    assertThat(check(with(CONNECTIONS))).anyMatch(w -> w.startsWith("no longer read: OWN-1"));
  }

  private java.util.List<String> check(Map<String, String> files) {
    Answer answer = gateway.call("POST", "/configuration/check", Map.of("files", files));
    assertThat(answer.json().path("ok").asBoolean()).as(answer.body()).isTrue();
    return answer.json().path("warnings").findValuesAsText("detail");
  }

  private static Map<String, String> with(String connections) {
    return Map.of("maps/own.modbus.yaml", MAP, "fieldbus.yaml", connections);
  }

  @Test
  void anOldVersionIsBroughtBackAsTheNext() {
    gateway.publish(GOOD);
    Map<String, String> changed = new TreeMap<>(GOOD);
    changed.put("fieldbus.yaml", CONNECTIONS + "  unit: 2\n");
    assertThat(gateway.publish(changed).json().path("version").asInt()).isEqualTo(2);
    JsonNode difference = gateway.get("/configuration/diff?from=1&to=2").json().path("files");
    assertThat(difference.findValuesAsText("file")).containsExactly("fieldbus.yaml");

    Answer back =
        gateway.call(
            "POST", "/configuration/rollback", Map.of("version", 1, "reason", "was better"));

    assertThat(back.json().path("version").asInt()).isEqualTo(3);
    assertThat(back.json().path("based_on").asInt()).isEqualTo(1);
    assertThat(pull(null).json().path("files").path("fieldbus.yaml").asText())
        .isEqualTo(CONNECTIONS);
    JsonNode versions = gateway.get("/configuration/versions").json().path("items");
    assertThat(versions.findValuesAsText("version")).containsExactly("3", "2", "1");
    assertThat(versions.get(0).path("reason").asText()).isEqualTo("was better");
  }

  @Test
  void onlyWhoSawTheDraftChangesIt() {
    Answer first = gateway.call("PUT", "/configuration/draft", Map.of("files", GOOD));
    gateway.call("PUT", "/configuration/draft", Map.of("files", GOOD));

    Answer late =
        gateway.call(
            "PUT", "/configuration/draft", gateway.admin, Map.of("files", GOOD), first.tag());

    assertThat(late.status()).isEqualTo(412);
    assertThat(late.body()).contains("was saved by admin:test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maps/m.yaml | 'protocol: modbus-tcp\n"
            + "points:\n"
            + "  - metric: a\n"
            + "    unit: nonsense\n"
            + "    address: 1\n"
            + "    type: int16' | /files/maps~1m.yaml | line 4",
        "fieldbus.yaml | '- device: A\n"
            + "  protocol: modbus-tcp\n"
            + "  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 4",
        "fieldbus.yaml | '- device: A\n  unit: 300\n"
            + "  protocol: modbus-tcp\n  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 2: [0].unit: expected 0 to 255",
        "fieldbus.yaml | '- device: A\n  interval: 2s\n"
            + "  protocol: modbus-tcp\n  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 2: [0].interval: expected PT1S",
        "fieldbus.yaml | '- device: A\n  intervall: PT2S\n"
            + "  protocol: modbus-tcp\n  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 2: [0].intervall: there is no such",
        "fieldbus.yaml | '- device: A\n  protocol: modbuss\n"
            + "  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 2: [0].protocol: expected one of",
        "fieldbus.yaml | '- device: A\n  options: {baud: 9600}\n"
            + "  protocol: modbus-tcp\n  address: h:1\n"
            + "  map: none.yaml' | /files/fieldbus.yaml | line 2: [0].options.baud: modbus-tcp has",
        "fieldbus.yaml | '- device: A\n  - x' | /files/fieldbus.yaml | line 2: not YAML",
        "maps/m.yaml | 'protocol: [\n- x: }' | /files/maps~1m.yaml | line 2",
        "routes/in.camel.yaml | '- route:\n"
            + "    id: other\n"
            + "    from: {uri: direct:a, steps: []}' | /files/routes~1in.camel.yaml | line 1",
        "work.yaml | 'rules:\n"
            + "  - metrics: power\n"
            + "    deadband: {absolute: -1}' | /files/work.yaml | line 3",
        "rules/r.yaml | 'rules:\n  - id: r\n    colour: red' | /files/rules~1r.yaml | line 3",
        "mappings/a/b.jsonata | '{' | /files/mappings~1a~1b.jsonata | line"
      })
  void whatCannotBeUsedIsNotPublished(String file, String text, String pointer, String detail) {
    Answer refused = gateway.publish(Map.of(file, text));

    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    assertThat(refused.text("pointer")).isEqualTo(pointer);
    assertThat(refused.text("detail")).contains(detail);
    JsonNode check = gateway.call("POST", "/configuration/check", "{}").json();
    assertThat(check.path("ok").asBoolean()).isFalse();
    assertThat(check.path("problems").get(0).path("file").asText()).isEqualTo(file);
    assertThat(pull(null).json().path("version").asInt()).isZero();
  }

  @Test
  void namesThatLeaveTheFolderAreRefusedAtOnce() {
    for (String name :
        new String[] {"../edge.yaml", "other.yaml", "maps/../../x.yaml", "edge.yaml", "/etc/x"}) {
      Answer refused =
          gateway.call("PUT", "/configuration/draft", Map.of("files", Map.of(name, "a: 1")));
      assertThat(refused.status()).as(name).isEqualTo(422);
    }
  }

  @Test
  void anEngineerPublishesAllButRoutes() {
    String engineer = gateway.hub.token(gateway.tenant, "engineer");
    String route = "- route:\n    id: in\n    from: {uri: 'direct:a', steps: [{to: 'log:a'}]}\n";
    gateway.call(
        "PUT", "/configuration/draft", Map.of("files", Map.of("routes/in.camel.yaml", route)));

    Answer refused =
        gateway.call("POST", "/configuration/publish", engineer, Map.of("reason", "r"), null);

    assertThat(refused.status()).as(refused.body()).isEqualTo(409);
    assertThat(refused.body()).contains("an admin publishes them");
    assertThat(gateway.call("POST", "/configuration/publish", Map.of("reason", "r")).status())
        .isEqualTo(200);
  }

  @Test
  void aGatewaySeesItselfAlone() {
    GatewayApi other = new GatewayApi();
    String path = "/api/v1/gateways/" + other.serial + "/configuration";

    assertThat(other.hub.get(path, gateway.token).status()).isEqualTo(404);
    Answer mate = gateway.hub.post("/api/v1/gateways", gateway.admin, Map.of("serial", "MATE"));
    String mates = "/api/v1/gateways/MATE/configuration";
    assertThat(gateway.hub.get(mates, gateway.token).status()).isEqualTo(404);
    assertThat(gateway.hub.get(mates, mate.text("token")).status()).isEqualTo(200);
    assertThat(gateway.hub.get(mates + "/draft", mate.text("token")).status()).isEqualTo(403);
  }

  private JsonNode state() {
    return gateway.get("/configuration/state").json();
  }

  private Answer pull(String tag) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                gateway.hub.uri("/api/v1/gateways/" + gateway.serial + "/configuration"))
            .header("Authorization", "Bearer " + gateway.token);
    if (tag != null) {
      request.header("If-None-Match", tag);
    }
    return gateway.hub.send(request.build());
  }
}
