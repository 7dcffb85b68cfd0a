package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed webhooks of the connector {@code kestrel} against plain HTTP ingestion of as many readings
 * a request, over as many connections, in turns.
 */
final class HookFigures {
  private static final int CONNECTIONS = 8;
  private static final String SECRET = "secret-of-the-benchmark";
  private static final String DEVICE = "HOOK-1";
  private static final List<String> CHANNELS =
      List.of("SA_T", "RA_T", "OA_T", "EV_T", "SP_C");
  private static final List<String> METRICS =
      List.of("supply_air_temp", "return_air_temp", "outdoor_air_temp", "coil_temp", "cooling_setpoint");

  private final HubUnderTest hub;
  private final Figures figures;
  private final AtomicLong clock = new AtomicLong();

  /** Requests that were answered with 202, and how long each took. */
  private record Round(double perSecond, double p99) {}

  private interface Request {
    HttpRequest next() throws Exception;
  }

  HookFigures(HubUnderTest hub, Figures figures) {
    this.hub = hub;
    this.figures = figures;
  }

  void run(int rounds, int seconds) throws Exception {
    JsonNode device =
        hub.call(
            "POST",
            "/devices",
            "{\"device_serial\":\"%s\",\"device_type\":\"rooftop_unit\",\"connection_type\":\"webhook\"}"
                .formatted(DEVICE));
    String token = device.path("token").asText();
    hub.call(
        "POST",
        "/connections",
        "{\"oem\":\"kestrel\",\"enabled\":true,\"settings\":{\"secret\":\"%s\"}}".formatted(SECRET));
    clock.set(System.currentTimeMillis() - TimeUnit.HOURS.toMillis(4));
    List<Double> hooks = new ArrayList<>();
    List<Double> hookP99 = new ArrayList<>();
    List<Double> plain = new ArrayList<>();
    List<Double> plainP99 = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      Round signed = round(seconds, this::signed);
      Round ingested = round(seconds, () -> ingested(token));
      if (i > 0) {
        hooks.add(signed.perSecond);
        hookP99.add(signed.p99);
        plain.add(ingested.perSecond);
        plainP99.add(ingested.p99);
        ratio.add(signed.perSecond / ingested.perSecond);
      }
    }
    figures.median("webhooks/s with HMAC-SHA256, an event of 5 readings each", "requests/s", hooks);
    figures.median("their p99, " + CONNECTIONS + " connections, as fast as they go", "ms", hookP99);
    figures.median("plain HTTP ingestion, 5 readings each", "requests/s", plain);
    figures.median("its p99", "ms", plainP99);
    figures.median("webhooks over plain ingestion", "", ratio);
  }

  private HttpRequest signed() throws GeneralSecurityException {
    StringBuilder channels = new StringBuilder();
    for (int i = 0; i < CHANNELS.size(); i++) {
      channels
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"%s\",\"val\":%d.5,\"uom\":\"degC\"}".formatted(CHANNELS.get(i), 10 + i));
    }
    byte[] body =
        "{\"event\":\"unit.telemetry\",\"unit\":{\"serial\":\"%s\"},\"observedAt\":%d,\"channels\":[%s],\"faults\":[]}"
            .formatted(DEVICE, clock.incrementAndGet(), channels)
            .getBytes(StandardCharsets.UTF_8);
    String now = Long.toString(Instant.now().getEpochSecond());
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    mac.update((now + ".").getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(hub.uri("/hooks/default/kestrel"))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .header("X-Kestrel-Timestamp", now)
        .header("X-Kestrel-Signature", HexFormat.of().formatHex(mac.doFinal(body)))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpRequest ingested(String token) {
    StringBuilder metrics = new StringBuilder();
    for (int i = 0; i < METRICS.size(); i++) {
      metrics.append(i == 0 ? "" : ",").append("\"%s\":%d.5".formatted(METRICS.get(i), 10 + i));
    }
    String body =
        "{\"deviceId\":\"%s\",\"timestamp\":%d,\"metrics\":{%s}}"
            .formatted(DEVICE, clock.incrementAndGet(), metrics);
    return HttpRequest.newBuilder(hub.uri("/api/v1/telemetry/ingest"))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static Round round(int seconds, Request requests) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    List<Callable<List<Double>>> work = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      work.add(() -> send(requests, end));
    }
    List<Double> millis = new ArrayList<>();
    for (Future<List<Double>> one : threads.invokeAll(work)) {
      millis.addAll(one.get());
    }
    threads.shutdown();
    return new Round(millis.size() / (double) seconds, ConnectorFigures.percentile(millis, 0.99));
  }

  private static List<Double> send(Request requests, long end) throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<Double> millis = new ArrayList<>();
    while (System.nanoTime() < end) {
      HttpRequest request = requests.next();
      long began = System.nanoTime();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 202) {
        throw new IOException(
            String.format(
                Locale.ROOT, "%s answered %d: %s", request.uri(), answer.statusCode(), answer.body()));
      }
      millis.add((System.nanoTime() - began) / 1e6);
    }
    return millis;
  }
}
