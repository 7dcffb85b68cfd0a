package io.caravanhub.hub.mapping;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.Map;

/** A mapping of a tenant of its own, changed through the API. */
final class VersionedMapping {
  final RunningHub hub = RunningHub.get();
  final String tenant = RunningHub.unique("t-version");
  final String admin = hub.token(tenant, "admin");
  final String name = "acme/" + RunningHub.unique("model");
  final String path = "/api/v1/mappings/" + name.replace('/', ':');

  /** An expression that yields the payload's time and this value. */
  static String yielding(int value) {
    return "{\"timestamp\": t, \"metrics\": {\"flow\": " + value + "}}";
  }

  Registered device() {
    return hub.device(admin, Map.of("device_type", "pump", "mapping", name));
  }

  Answer draft(String jsonata) {
    return hub.send(
        "PUT",
        path + "/draft",
        admin,
        RunningHub.publisher(Map.of("jsonata", jsonata, "note", "why")));
  }

  Answer publish() {
    return hub.post(path + "/publish", admin, Map.of());
  }

  /** Drafts and publishes; the new version's number. */
  int publish(String jsonata) {
    Answer drafted = draft(jsonata);
    Answer published = publish();
    if (drafted.status() != 200 || published.status() != 200) {
      throw new IllegalStateException(drafted + " " + published);
    }
    return published.json().path("version").asInt();
  }

  Answer get() {
    return hub.get(path, admin);
  }

  Answer send(String method, String path, String token, String ifMatch, Map<String, ?> body) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri(path))
            .method(method, RunningHub.publisher(new HashMap<>(body)))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("If-Match", ifMatch)
            .build());
  }
}
