package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;

/** The demo's connection to a cloud that is polled; its devices register themselves. */
final class PolledCloud {
  private static final String OEM = "tarn";
  private static final int EVERY_SECONDS = 10;

  private final HubClient hub;
  private final ObjectMapper json = new ObjectMapper();

  PolledCloud(HubClient hub) {
    this.hub = hub;
  }

  /**
   * Makes the connection, or leads the one of an earlier demo to where the cloud is now.
   *
   * @return what went wrong, empty when nothing did: whoever has another folder of connectors has
   *     none for this cloud
   */
  String connect(String address, String key) throws IOException, InterruptedException {
    ObjectNode body = json.createObjectNode();
    body.put("every_seconds", EVERY_SECONDS);
    body.putObject("settings").put("api_key", key).put("base_url", address);
    JsonNode before = hub.get("/connections?oem=" + OEM).path("items").path(0);
    HubClient.Answer answer;
    if (before.isMissingNode()) {
      body.put("oem", OEM).put("name", "Demo building").put("enabled", true);
      answer = hub.post("/connections", json.writeValueAsString(body));
    } else {
      String path = "/connections/" + before.path("id").asText();
      answer = hub.patch(path, json.writeValueAsString(body));
      if (answer.status() == 200 && !before.path("state").asText().equals("paused")) {
        answer = hub.post(path + "/enable", "{}");
      }
    }
    return answer.status() / 100 == 2 ? "" : answer.body().path("detail").asText();
  }
}
