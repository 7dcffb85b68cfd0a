package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A tenant of its own in the running hub, with device types and devices that speak MQTT. */
final class TypesFixture {
  static final ObjectMapper JSON = new ObjectMapper();

  final RunningHub hub = RunningHub.get();
  final String tenant = RunningHub.unique("t-types");
  final String admin = hub.token(tenant, "admin");

  /** Describes a type; fails when the hub refuses it. */
  Answer type(Map<String, Object> type) {
    Answer answer = hub.post("/api/v1/device-types", admin, type);
    if (answer.status() != 201) {
      throw new IllegalStateException(answer.toString());
    }
    return answer;
  }

  void autoRegister() {
    Answer answer =
        hub.send(
            "PATCH",
            "/api/v1/tenant/settings",
            admin,
            RunningHub.publisher(Map.of("auto_register", true)));
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.toString());
    }
  }

  Registered device(String type) {
    return device(type, Map.of());
  }

  Registered device(String type, Map<String, Object> more) {
    Map<String, Object> fields = new HashMap<>(more);
    fields.put("device_type", type);
    return hub.device(admin, fields);
  }

  /** Publishes in one session and waits for each PUBACK. */
  void publish(Registered device, List<?> payloads) {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (Object payload : payloads) {
        mqtt.publish(
                "t/" + tenant + "/d/" + device.id() + "/telemetry",
                payload instanceof String text ? text : JSON.writeValueAsString(payload))
            .get(30, TimeUnit.SECONDS);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void publish(Registered device, Object payload) {
    publish(device, List.of(payload));
  }

  Answer put(String path, String match, Object body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(path))
            .PUT(RunningHub.publisher(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + admin);
    if (!match.isEmpty()) {
      request.header("If-Match", match);
    }
    return hub.send(request.build());
  }

  /** Virtual devices behind the gateway. */
  JsonNode virtualDevices(Registered gateway) {
    return hub.get("/api/v1/devices?limit=5000&parent_id=" + gateway.id(), admin)
        .json()
        .path("items");
  }

  /** The newest value of a device's metric, by serial. */
  double value(String serial, String metric) {
    return hub.owner()
        .sql(
            """
            select t.value from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
             where d.tenant_id = ? and d.serial = ? and m.key = ? order by t.ts desc limit 1\
            """)
        .params(tenant, serial, metric)
        .query(Double.class)
        .single();
  }

  long rows() {
    return hub.count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?",
        tenant);
  }

  /** What stands in the tenant's dead letters: field and reason. */
  List<String> letters() {
    return hub.owner()
        .sql(
            "select field || ': ' || reason from dead_letters where tenant_id = ? order by created_at")
        .params(tenant)
        .query(String.class)
        .list();
  }
}
