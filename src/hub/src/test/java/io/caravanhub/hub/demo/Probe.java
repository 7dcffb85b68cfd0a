package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device of the test's own. It counts upwards over MQTT and over HTTP, and remembers each number
 * that the hub has acknowledged; what was not is never sent again, so that only the hub's word is
 * put to the test.
 */
final class Probe implements AutoCloseable {
  static final String SERIAL = "PROBE-1";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final Instant epoch = Instant.now().minus(Duration.ofHours(1));
  private final AtomicInteger sequence = new AtomicInteger();
  private final Set<Integer> byMqtt = ConcurrentHashMap.newKeySet();
  private final Set<Integer> byHttp = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final URI hub;
  private final String token;
  private final Mqtt5BlockingClient mqtt;

  private Probe(URI hub, String token, int mqttPort) {
    this.hub = hub;
    this.token = token;
    this.mqtt =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(SERIAL)
            .serverHost("127.0.0.1")
            .serverPort(mqttPort)
            .simpleAuth()
            .username(SERIAL)
            .password(token.getBytes(StandardCharsets.UTF_8))
            .applySimpleAuth()
            .buildBlocking();
  }

  /** Registers the device. */
  static Probe register(HubClient api, URI hub, int mqttPort)
      throws IOException, InterruptedException {
    HubClient.Answer answer =
        api.post(
            "/devices",
            """
            {"device_serial": "%s", "device_type": "meter", "manufacturer": "Test", "model": "Counter", "connection_type": "mqtt"}\
            """
                .formatted(SERIAL));
    return new Probe(hub, answer.body().path("token").asText(), mqttPort);
  }

  void startCounting() {
    threads.scheduleWithFixedDelay(this::countByMqtt, 0, 10, TimeUnit.MILLISECONDS);
    threads.scheduleWithFixedDelay(this::countByHttp, 0, 10, TimeUnit.MILLISECONDS);
  }

  int acknowledged() {
    return byMqtt.size() + byHttp.size();
  }

  Set<Integer> acknowledgedByMqtt() {
    return new TreeSet<>(byMqtt);
  }

  Set<Integer> acknowledgedByHttp() {
    return new TreeSet<>(byHttp);
  }

  /** How often the hub was not there to acknowledge. */
  int refused() {
    return refused.get();
  }

  void stopCounting() throws InterruptedException {
    threads.shutdown();
    boolean unused = threads.awaitTermination(60, TimeUnit.SECONDS);
  }

  /** The numbers the hub has kept. */
  Set<Integer> kept(HubClient api) throws IOException, InterruptedException {
    Set<Integer> kept = new TreeSet<>();
    String path = "/devices/" + SERIAL + "/telemetry/history?limit=1000&metric=count&from=" + epoch;
    String cursor = "";
    do {
      JsonNode page = api.get(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      page.path("items").forEach(item -> kept.add(item.path("value").asInt()));
      cursor =
          page.path("cursor").isTextual()
              ? java.net.URLEncoder.encode(page.path("cursor").asText(), StandardCharsets.UTF_8)
              : "";
    } while (!cursor.isEmpty());
    return kept;
  }

  private void countByMqtt() {
    int number = sequence.incrementAndGet();
    try {
      if (!mqtt.getState().isConnected()) {
        mqtt.connectWith().cleanStart(true).send();
      }
      mqtt.publishWith()
          .topic("t/default/d/" + SERIAL + "/telemetry")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload(body(number))
          .send();
      byMqtt.add(number);
    } catch (RuntimeException | IOException e) {
      refused.incrementAndGet();
    }
  }

  private void countByHttp() {
    int number = sequence.incrementAndGet();
    try {
      HttpRequest request =
          HttpRequest.newBuilder(hub.resolve("/api/v1/telemetry/ingest"))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body(number)))
              .build();
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 202
          && json.readTree(answer.body()).path("accepted").asInt() == 1) {
        byHttp.add(number);
      } else {
        refused.incrementAndGet();
      }
    } catch (IOException e) {
      refused.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] body(int number) throws IOException {
    return json.writeValueAsBytes(
        json.createObjectNode()
            .put("device_id", SERIAL)
            .put("timestamp", epoch.plusMillis(number).toString())
            .set(
                "measurements",
                json.createArrayNode()
                    .add(json.createObjectNode().put("name", "count").put("value", number))));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    if (mqtt.getState().isConnected()) {
      mqtt.disconnect();
    }
  }
}
