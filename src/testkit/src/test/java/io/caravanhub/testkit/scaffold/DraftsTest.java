package io.caravanhub.testkit.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Finding;
import io.caravanhub.testkit.connector.Grade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DraftsTest {
  private static final String WHOLE =
      """
      {"requestId": "r", "devices": [
        {"serialNumber": "QF-100", "displayName": "North", "modelName": "Q1", "lastSeen": "2026-01-01T08:00:00Z",
         "readings": {"supplyAirTemperature": 13.5, "roomHumidity": 41}, "activeFaults": []},
        {"serialNumber": "QF-101", "displayName": "South", "modelName": "Q1", "lastSeen": "2026-01-01T08:00:05Z",
         "readings": {"supplyAirTemperature": 14.5, "roomHumidity": 43}, "activeFaults": [{"code": "E12", "message": "High"}]}],
       "next": null}
      """;
  private static final String PART =
      """
      {"serialNumber": "QF-102", "displayName": "West", "modelName": "Q1", "lastSeen": "2026-01-02T08:00:00Z",
       "readings": {"supplyAirTemperature": 12.5, "roomHumidity": 40}, "activeFaults": ["E7"]}
      """;

  @TempDir Path work;

  private Path sample(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text);
  }

  private Path folder(String name) {
    return work.resolve("connectors/oem").resolve(name);
  }

  private static List<Finding> examined(Path folder) {
    return ConnectorKit.examine(new ConnectorFolder(folder));
  }

  private static Cloud cloud(Path folder) {
    return CloudFile.read(folder.resolve("cloud.yaml"));
  }

  @Test
  void aWholeAnswerAndASinglePartBecomeOneRequestThatPassesItsTests() throws IOException {
    Path folder = folder("quillfort");
    Drafts.Made made =
        Drafts.poll(
            folder,
            "quillfort",
            List.of(sample("monday.json", WHOLE), sample("part.json", PART)),
            null);

    assertThat(cloud(folder).requests()).hasSize(1);
    CloudRequest request = cloud(folder).requests().get(0);
    assertThat(request.parts().items()).containsExactly("/devices");
    assertThat(request.parts().device()).isEqualTo("{/serialNumber}");
    assertThat(Files.readString(folder.resolve("samples/expected/telemetry.part.json")))
        .contains("supply_air_temp", "12.5", "Cel");
    assertThat(Files.readString(folder.resolve("samples/expected/faults.part.json")))
        .contains("\"E7\"");
    assertThat(Files.readString(folder.resolve("samples/expected/inventory.unit.json")))
        .contains("North");
    assertThat(Grade.of(examined(folder))).isEqualTo(Grade.PLATINUM);
    assertThat(made.byHand()).anyMatch(l -> l.contains("base")).anyMatch(l -> l.contains("auth"));
    assertThat(Files.readString(folder.resolve("README.md"))).contains("To do by hand", "auth");
  }

  @Test
  void aListOfDevicesAndAnswersForOneOfThemBecomeTwoRequests() throws IOException {
    Path folder = folder("brindle");
    Drafts.poll(
        folder,
        "brindle",
        List.of(
            sample(
                "units.json",
                "{\"data\": [{\"id\": 11, \"name\": \"A\", \"model\": \"M\"}, {\"id\": 12, \"name\": \"B\", \"model\": \"M\"}]}"),
            sample(
                "latest-11.json",
                "{\"deviceId\": 11, \"ts\": 1767225600, \"values\": {\"temp_c\": 21.5, \"co2\": 640}}"),
            sample(
                "latest-12.json",
                "{\"deviceId\": 12, \"ts\": 1767225600, \"values\": {\"temp_c\": 22.5, \"co2\": 740}}")),
        null);

    assertThat(cloud(folder).requests()).hasSize(2);
    CloudRequest latest = cloud(folder).requests().get(1);
    assertThat(latest.each()).isEqualTo("units");
    assertThat(latest.path()).isEqualTo("/units/{/id}/latest");
    assertThat(latest.parts().device()).isEqualTo("{parent/id}");
    assertThat(examined(folder))
        .as("all checks")
        .allMatch(f -> f.passed() || f.check().equals("faults"));
  }

  @Test
  void devicesUnderTheirOwnNamesAndListsWithinListsAreFound() throws IOException {
    Path keyed = folder("keyed");
    Drafts.poll(
        keyed,
        "keyed",
        List.of(
            sample(
                "state.json",
                "{\"devices\": {\"a1b2\": {\"temperature\": 21.0, \"humidity\": 40}, \"c3d4\": {\"temperature\": 22.0, \"humidity\": 41}}}")),
        null);
    assertThat(cloud(keyed).requests().get(0).parts().items()).containsExactly("/devices/*");
    assertThat(cloud(keyed).requests().get(0).parts().device()).isEqualTo("{key}");

    Path nested = folder("nested");
    Drafts.poll(
        nested,
        "nested",
        List.of(
            sample(
                "homes.json",
                "{\"homes\": [{\"homeId\": 1, \"sensors\": [{\"mac\": \"00:11:22:33:44:55\", \"temperature\": 20.5}]},"
                    + " {\"homeId\": 2, \"sensors\": [{\"mac\": \"00:11:22:33:44:66\", \"temperature\": 21.5}]}]}")),
        null);
    assertThat(cloud(nested).requests().get(0).parts().items()).containsExactly("/homes/*/sensors");
    assertThat(cloud(nested).requests().get(0).parts().device()).isEqualTo("{/mac}");
  }

  @Test
  void theChannelsOfOneDeviceAreNotTakenForDevices() throws IOException {
    Path folder = folder("channels");
    Drafts.webhook(
        folder,
        "channels",
        List.of(
            sample(
                "event.json",
                "{\"unit\": {\"serial\": \"U-1\"}, \"temperature\": 20.5, \"channels\": [{\"id\": \"T1\", \"val\": 1}, {\"id\": \"T2\", \"val\": 2}]}")));

    assertThat(Files.readString(folder.resolve("channels-source.kamelet.yaml")))
        .contains("pushed(${body}, '', '{/unit/serial}', 'channels/telemetry')");
  }

  @Test
  void aBodyWithSeveralDevicesIsTakenApartByTheKamelet() throws IOException {
    Path folder = folder("hooked");
    Drafts.webhook(folder, "hooked", List.of(sample("body.json", WHOLE), sample("one.json", PART)));

    assertThat(Files.readString(folder.resolve("hooked-source.kamelet.yaml")))
        .contains("'/devices', '{/serialNumber}'");
    assertThat(folder.resolve("samples/webhook/body.json")).exists();
    assertThat(Grade.of(examined(folder))).isGreaterThanOrEqualTo(Grade.GOLD);
  }

  @Test
  void samplesWithoutAnythingToMeasureAreRefusedWithTheReason() throws IOException {
    Path sample = sample("nothing.json", "{\"hello\": \"world\"}");
    assertThatThrownBy(() -> Drafts.poll(folder("none"), "none", List.of(sample), null))
        .hasMessageContaining("nothing in the samples looks like a reading");
    Path broken = sample("broken.json", "{\"a\": \n");
    assertThatThrownBy(() -> Drafts.poll(folder("broken"), "broken", List.of(broken), null))
        .hasMessageContaining("broken.json:2");
  }

  private static final String API =
      """
      openapi: 3.0.3
      info: {title: Wendle, version: "1"}
      servers: [{url: "https://{region}.wendle.test/api/v2", variables: {region: {default: eu}}}]
      security: [%s]
      components:
        securitySchemes:
          key: {type: apiKey, in: header, name: X-Wendle-Key}
          login: {type: oauth2, flows: {clientCredentials: {tokenUrl: /oauth/token, scopes: {read: x, write: y}}}}
          consent: {type: oauth2, flows: {authorizationCode: {tokenUrl: "https://id.wendle.test/token", authorizationUrl: "https://id.wendle.test/a", scopes: {}}}}
          plain: {type: http, scheme: basic}
        schemas:
          Device: {type: object, properties: {id: {type: string, example: W-1}, name: {type: string}, model: {type: string}}}
          State: {type: object, properties: {measuredAt: {type: string, format: date-time}, roomTemperature: {type: number, example: 21.5}, humidity: {type: number, example: 40}}}
      paths:
        /devices:
          get:
            parameters: [{name: page, in: query, schema: {type: integer, default: 1}}, {name: pageSize, in: query, schema: {type: integer, maximum: 50}}]
            responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {devices: {type: array, items: {$ref: "#/components/schemas/Device"}}, total: {type: integer}}}}}}}
        /devices/{deviceId}/state:
          get:
            responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/State"}}}}}
        /users: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}}}
      """;

  private Cloud described(String scheme) throws IOException {
    Path api = sample("api.yaml", API.formatted(scheme));
    Path folder = folder("wendle-" + scheme.replaceAll("[^a-z]", ""));
    Drafts.Made made = Drafts.poll(folder, folder.getFileName().toString(), List.of(), api);
    assertThat(made.byHand()).anyMatch(line -> line.contains("GET /users"));
    assertThat(Grade.of(examined(folder))).as(scheme).isGreaterThanOrEqualTo(Grade.SILVER);
    return cloud(folder);
  }

  @Test
  void aDescriptionGivesAddressRequestsPagesAndAuth() throws IOException {
    Cloud cloud = described("{key: []}");
    assertThat(cloud.base()).isEqualTo("https://eu.wendle.test/api/v2");
    assertThat(cloud.auth().type()).isEqualTo("api-key");
    assertThat(cloud.auth().headers()).containsEntry("X-Wendle-Key", "{api_key}");
    assertThat(cloud.requests())
        .extracting(CloudRequest::path)
        .containsExactly("/devices", "/devices/{/id}/state");
    CloudRequest devices = cloud.requests().get(0);
    assertThat(devices.page()).isNotNull();
    assertThat(devices.page().kind()).isEqualTo("number");
    assertThat(devices.page().size()).isEqualTo(50);
    assertThat(devices.query()).containsEntry("pageSize", "50");
    assertThat(cloud.requests().get(1).each()).isEqualTo("devices");
    assertThat(cloud.requests().get(1).mapping()).isEqualTo("telemetry");
  }

  @Test
  void everySecuritySchemeOfADescriptionHasItsAuth() throws IOException {
    Cloud login = described("{login: []}");
    assertThat(login.auth().type()).isEqualTo("oauth2-client-credentials");
    assertThat(login.auth().login()).isNotNull();
    assertThat(login.auth().login().url()).isEqualTo("https://eu.wendle.test/oauth/token");
    assertThat(described("{consent: []}").auth().type()).isEqualTo("oauth2-refresh-token");
    assertThat(described("{plain: []}").auth().type()).isEqualTo("basic");
  }

  @Test
  void samplesTakeThePlaceOfWhatADescriptionOnlySaysTheShapeOf() throws IOException {
    Path api = sample("api.yaml", API.formatted("{key: []}"));
    Path real =
        sample(
            "real.json",
            "{\"devices\": [{\"id\": \"W-77\", \"name\": \"Attic\", \"model\": \"M3\"}], \"total\": 1}");
    Path folder = folder("wendle");
    Drafts.poll(folder, "wendle", List.of(real), api);
    assertThat(Files.readString(folder.resolve("samples/cloud.yaml")))
        .contains("/devices/W-77/state");
    assertThat(cloud(folder).requests()).hasSize(2);
  }
}
