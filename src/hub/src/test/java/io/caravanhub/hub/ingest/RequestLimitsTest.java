package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What one request may carry, packed and unpacked, and how much a sender may send. */
class RequestLimitsTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @Test
  void takesABodyPackedWithGzip() throws IOException {
    Answer answer = packed("gzip", gzip(message("[{\"name\":\"temperature\",\"value\":20}]")));

    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void refusesAFewBytesThatUnpackToTooMany() throws IOException {
    byte[] bomb = gzip(" ".repeat(100 * 1024 * 1024));
    assertThat(bomb.length).isLessThan(200_000);

    Answer answer = packed("gzip", bomb);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("detail")).contains("8388608 bytes once unpacked");
  }

  @Test
  void refusesWhatIsNotTheGzipItClaimsToBe() throws IOException {
    byte[] whole = gzip(message("[{\"name\":\"temperature\",\"value\":20}]"));

    for (byte[] broken :
        List.of(
            Arrays.copyOf(whole, whole.length - 6),
            "not gzip at all".getBytes(StandardCharsets.UTF_8))) {
      Answer answer = packed("gzip", broken);

      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.text("field")).isEqualTo("body");
      assertThat(answer.text("detail")).contains("gzip");
    }
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void refusesAnotherPackingByName() {
    Answer answer = packed("br", new byte[] {1, 2, 3});

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.text("detail")).contains("expected gzip");
  }

  @Test
  void takesFiveThousandReadingsInOneRequest() {
    Answer answer = hub.ingest(device.token(), readings(device, 5_000));

    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    assertThat(hub.rows(device)).isEqualTo(5_000);
  }

  @Test
  void refusesMoreReadingsThanThatAndSaysHowManyTheyWere() {
    List<Object> two = List.of(readings(device, 2_500), readings(device, 2_501));

    Answer answer = hub.ingest(device.token(), two);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("detail")).contains("at most 5000 readings").contains("got 5001");
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void tellsADeviceThatSendsTooMuchWhenToComeBack() {
    Registered slow =
        hub.device(
            hub.admin(), Map.of("metadata", Map.of("limits", Map.of("readings_per_second", 100))));
    hub.bean(io.caravanhub.hub.limit.ReadingLimits.class).forget();
    assertThat(hub.ingest(slow.token(), readings(slow, 5_000)).status()).isEqualTo(202);

    Answer answer = hub.ingest(slow.token(), readings(slow, 4_000));

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("detail")).contains("100 readings a second");
    assertThat(Integer.parseInt(answer.retryAfter())).isBetween(30, 41);
    assertThat(hub.ingest(device.token(), readings(device, 10)).status())
        .as("other devices go on")
        .isEqualTo(202);
  }

  @Test
  void holdsATenantToItsOwnLimitOverAllItsDevices() {
    String tenant = RunningHub.unique("t");
    String admin = hub.token(tenant, "admin");
    hub.owner()
        .sql(
            "update tenants set settings = '{\"limits\":{\"readings_per_second\":10}}' where id = ?")
        .params(tenant)
        .update();
    Registered one = hub.device(admin, Map.of());
    Registered other = hub.device(admin, Map.of());
    assertThat(hub.ingest(one.token(), readings(one, 3_000)).status()).isEqualTo(202);

    Answer answer = hub.ingest(other.token(), readings(other, 3_000));

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.text("detail")).contains("tenant \"" + tenant + "\"");
    assertThat(answer.retryAfter()).isNotEmpty();
    assertThat(hub.ingest(other.token(), readings(other, 1_500)).status())
        .as("what was refused was not counted")
        .isEqualTo(202);
  }

  private Answer packed(String encoding, byte[] body) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri("/api/v1/telemetry/ingest"))
            .header("Authorization", "Bearer " + device.token())
            .header("Content-Type", "application/json")
            .header("Content-Encoding", encoding)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private String message(String measurements) {
    return "{\"device_id\":\"" + device.id() + "\",\"measurements\":" + measurements + "}";
  }

  private static Map<String, Object> readings(Registered device, int count) {
    Instant start = Instant.now().minusSeconds(100_000);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          Map.of(
              "name",
              "temperature",
              "value",
              i % 40,
              "timestamp",
              start.plusSeconds(i).toString()));
    }
    return Map.of("device_id", device.id(), "measurements", all);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
      packed.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
