package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be used is refused over HTTP with a problem that names the field. */
class BadInputTest {
  private static final int TEN_MEGABYTES = 10 * 1024 * 1024;

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  /** Whatever came before: the device's next good message is stored. */
  @AfterEach
  void nothingElseIsDisturbed() {
    long before = hub.rows(device);
    assertThat(ingest("{\"device_id\":\"ID\",\"metrics\":{\"temperature\":20}}").status())
        .isEqualTo(202);
    assertThat(hub.rows(device)).isEqualTo(before + 1);
  }

  @Test
  void malformedJson() {
    refused(400, "body", "is not JSON", "{\"device_id\": \"ID\", \"metrics\": {");
  }

  @Test
  void emptyBody() {
    refused(400, "body", "expected a JSON object", "");
  }

  @Test
  void bodyThatIsNeitherObjectNorArray() {
    refused(400, "body", "expected a JSON object", "\"hello\"");
  }

  @Test
  void unknownDevice() {
    refused(422, "device_id", "unknown device", "{\"device_id\":\"nobody\",\"metrics\":{\"a\":1}}");
  }

  @Test
  void deviceNameThatNoDatabaseTakes() {
    refused(422, "device_id", "device", "{\"device_id\":\"a\\u0000b\",\"metrics\":{\"a\":1}}");
  }

  @Test
  void wrongToken() {
    double before = unauthorized();

    Answer answer = hub.ingest("ch_notatokenatall0000", "{}");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("field")).isEqualTo("/Authorization");
    assertThat(unauthorized()).isEqualTo(before + 1);
  }

  @Test
  void absentDevice() {
    refused(422, "device_id", "absent", "{\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void absentMeasurements() {
    refused(422, "measurements", "absent", "{\"device_id\":\"ID\"}");
  }

  @Test
  void absentName() {
    refused(
        422,
        "measurements[0].name",
        "expected a metric's name, got nothing",
        "{\"device_id\":\"ID\",\"measurements\":[{\"value\":1}]}");
  }

  @Test
  void absentValue() {
    refused(
        422,
        "measurements[1].value",
        "expected a number, got nothing",
        "{\"device_id\":\"ID\",\"measurements\":[{\"name\":\"humidity\",\"value\":1},{\"name\":\"temperature\"}]}");
  }

  @Test
  void valueOfTheWrongType() {
    refused(
        422,
        "readings[0].value",
        "expected a number, got \"n/a\"",
        "{\"device_id\":\"ID\",\"readings\":[{\"variable\":\"temperature\",\"value\":\"n/a\"}]}");
  }

  @Test
  void valueThatIsAnArray() {
    refused(
        422,
        "metrics.temperature",
        "expected a number, got an array",
        "{\"device_id\":\"ID\",\"metrics\":{\"temperature\":[1]}}");
  }

  @Test
  void numberWhereThisMetricHasTexts() {
    refused(
        422,
        "metrics.compressor_status",
        "expected a text",
        "{\"device_id\":\"ID\",\"metrics\":{\"compressor_status\":1}}");
  }

  @Test
  void textThatNoDatabaseTakes() {
    refused(
        422,
        "metrics.compressor_status",
        "expected a text without",
        "{\"device_id\":\"ID\",\"metrics\":{\"compressor_status\":\"o\\u0000n\"}}");
  }

  @Test
  void metricNameThatNoDatabaseTakes() {
    refused(
        422, "metrics.a\0b", "expected", "{\"device_id\":\"ID\",\"metrics\":{\"a\\u0000b\":1}}");
  }

  @Test
  void timestampIn1970() {
    refused(
        422,
        "timestamp",
        "is too old",
        "{\"device_id\":\"ID\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void timestampNextYear() {
    refused(
        422,
        "timestamp",
        "lies in the future",
        "{\"device_id\":\"ID\",\"timestamp\":"
            + (Instant.now().toEpochMilli() + 365L * 86_400_000)
            + ",\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void timestampThatIsNone() {
    refused(
        422,
        "timestamp",
        "expected ISO 8601",
        "{\"device_id\":\"ID\",\"timestamp\":\"yesterday\",\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void notANumberAsJsonHasNone() {
    refused(400, "body", "is not JSON", "{\"device_id\":\"ID\",\"metrics\":{\"temperature\":NaN}}");
  }

  @Test
  void notANumberAsText() {
    refused(
        422,
        "metrics.temperature",
        "expected a number, got \"NaN\"",
        "{\"device_id\":\"ID\",\"metrics\":{\"temperature\":\"NaN\"}}");
  }

  @Test
  void notANumberDoesNotMakeANewMetricATextForEver() {
    String metric = RunningHub.unique("new");

    refused(
        422,
        "metrics." + metric,
        "expected a number, got \"NaN\"",
        "{\"device_id\":\"ID\",\"metrics\":{\"" + metric + "\":\"NaN\"}}");

    assertThat(ingest("{\"device_id\":\"ID\",\"metrics\":{\"" + metric + "\":1.5}}").status())
        .isEqualTo(202);
  }

  @Test
  void numberBeyondADouble() {
    refused(
        422,
        "metrics.temperature",
        "expected a number",
        "{\"device_id\":\"ID\",\"metrics\":{\"temperature\":1e999}}");
  }

  @Test
  void unknownUnit() {
    refused(
        422,
        "measurements[0].unit",
        "unknown unit \"furlong\"",
        "{\"device_id\":\"ID\",\"measurements\":[{\"name\":\"temperature\",\"value\":1,\"unit\":\"furlong\"}]}");
  }

  @Test
  void unitOfAnotherKind() {
    refused(
        422,
        "measurements[0].unit",
        "cannot be converted",
        "{\"device_id\":\"ID\",\"measurements\":[{\"name\":\"temperature\",\"value\":1,\"unit\":\"kPa\"}]}");
  }

  @Test
  void deeperThanAnybodyMeans() {
    refused(400, "body", "is not JSON", "[".repeat(100_000));
  }

  @Test
  void tenMegabytesAnnounced() {
    Answer answer =
        hub.send(
            "POST",
            "/api/v1/telemetry/ingest",
            device.token(),
            BodyPublishers.ofByteArray(blanks()));

    tooLarge(answer);
  }

  @Test
  void tenMegabytesInChunks() {
    Answer answer =
        hub.send(
            "POST",
            "/api/v1/telemetry/ingest",
            device.token(),
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(blanks())));

    tooLarge(answer);
  }

  private static void tooLarge(Answer answer) {
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("field")).isEqualTo("body");
  }

  private static byte[] blanks() {
    byte[] bytes = new byte[TEN_MEGABYTES];
    Arrays.fill(bytes, " ".getBytes(StandardCharsets.US_ASCII)[0]);
    return bytes;
  }

  private void refused(int status, String field, String reason, String body) {
    double before = hub.counted("hub.ingest.rejected", "source", "http");

    Answer answer = ingest(body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.isProblem()).as(answer.contentType()).isTrue();
    assertThat(answer.text("field")).isEqualTo(field);
    assertThat(answer.text("detail")).contains(reason);
    assertThat(hub.counted("hub.ingest.rejected", "source", "http")).isEqualTo(before + 1);
    assertThat(hub.rows(device)).isZero();
  }

  private Answer ingest(String body) {
    return hub.ingest(device.token(), body.replace("ID", device.id()));
  }

  private double unauthorized() {
    return hub
        .bean(io.micrometer.core.instrument.MeterRegistry.class)
        .find("http.server.requests")
        .tag("status", "401")
        .timers()
        .stream()
        .mapToLong(io.micrometer.core.instrument.Timer::count)
        .sum();
  }
}
