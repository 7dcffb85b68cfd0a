package io.caravanhub.hub.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.limit.ReadingLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Files of readings, against the whole hub. */
class CsvUploadTest {
  private static final String LONG = "device_id,timestamp,metric,value,unit\n";

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @Test
  void storesTheLongForm() {
    Answer answer =
        upload(
            "",
            LONG
                + row(0, "temperature,212,[degF]")
                + row(0, "humidity,40,%")
                + row(1, "compressor_status,on,")
                + row(2, "door_open,true,"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("rows").asInt()).isEqualTo(4);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(4);
    assertThat(answer.json().path("refused").asInt()).isZero();
    assertThat(value("temperature")).isEqualTo("100");
    assertThat(hub.rows(device)).isEqualTo(4);
  }

  @Test
  void storesTheWideFormOfASpreadsheetWithSemicolonsAndDecimalCommas() {
    Answer answer =
        upload(
            "",
            "\ufeffdevice_id;timestamp;temperature[[degF]];pressure [kPa];compressor_status\r\n"
                + device.serial()
                + ";2026-01-01T00:00:00Z;212,0;101,325;\r\n"
                + device.serial()
                + ";2026-01-01T00:01:00Z;;100;\"off; for now\"");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(answer.json().path("readings").asInt()).isEqualTo(4);
    assertThat(value("temperature")).isEqualTo("100");
    assertThat(value("compressor_status")).isEqualTo("off; for now");
  }

  @Test
  void namesLineFieldAndReasonOfEachRowItRefusesAndStoresTheOthers() {
    Answer answer =
        upload(
            "",
            LONG
                + row(0, "temperature,20,Cel")
                + row(1, "temperature,warm,Cel")
                + "nobody,2026-01-01T00:00:00Z,temperature,20,Cel\n"
                + row(2, "temperature,20,furlong")
                + device.serial()
                + ",yesterday,temperature,20,Cel\n"
                + device.serial()
                + ",,temperature,20,Cel\n"
                + row(3, "temperature,21,Cel").strip());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(answer.json().path("refused").asInt()).isEqualTo(5);
    assertThat(answer.json().path("problems").toString())
        .isEqualTo(
            "[{\"line\":3,\"field\":\"value\",\"reason\":\"expected a number, got \\\"warm\\\"\"},"
                + "{\"line\":4,\"field\":\"device_id\",\"reason\":\"unknown device \\\"nobody\\\"\"},"
                + "{\"line\":5,\"field\":\"unit\",\"reason\":\"unknown unit \\\"furlong\\\"; expected a UCUM code such as Cel, kPa or A\"},"
                + "{\"line\":6,\"field\":\"timestamp\",\"reason\":\"expected ISO 8601 or epoch milliseconds, got \\\"yesterday\\\"\"},"
                + "{\"line\":7,\"field\":\"timestamp\",\"reason\":\"absent: expected a value in this column\"}]");
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void tellsTheRefusedRowsAsCsvToo() {
    Answer answer =
        hub.send(
            request("", BodyPublishers.ofString(LONG + row(0, "temperature,\"a,b\",Cel")))
                .header("Accept", "text/csv")
                .build());

    assertThat(answer.contentType()).startsWith("text/csv");
    assertThat(answer.body())
        .isEqualTo("line,field,reason\r\n2,value,\"expected a number, got \"\"a,b\"\"\"\r\n");
  }

  @Test
  void countsRowsThatAreThereAlreadyAsDuplicates() {
    upload("", LONG + row(0, "temperature,20,Cel"));

    Answer again = upload("", LONG + row(0, "temperature,20,Cel") + row(1, "temperature,21,Cel"));

    assertThat(again.json().path("accepted").asInt()).isEqualTo(1);
    assertThat(again.json().path("duplicates").asInt()).isEqualTo(1);
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void aDryRunChangesNothingAndNamesNewMetrics() {
    String metric = RunningHub.unique("new");

    Answer answer =
        upload(
            "?dry_run=true",
            LONG
                + row(0, "temperature,20,Cel")
                + row(0, metric + ",1,")
                + row(1, "temperature,x,Cel"));

    assertThat(answer.json().path("dry_run").asBoolean()).isTrue();
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(answer.json().path("refused").asInt()).isEqualTo(1);
    assertThat(answer.json().path("new_metrics").toString()).isEqualTo("[\"" + metric + "\"]");
    assertThat(hub.rows(device)).isZero();
    assertThat(hub.count("select count(*) from metrics where key = ?", metric)).isZero();
  }

  @Test
  void storesTheFirstRowsBeforeTheLastHaveArrived() throws Exception {
    PipedOutputStream sender = new PipedOutputStream();
    PipedInputStream file = new PipedInputStream(sender, 1 << 16);
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> hub.send(request("", BodyPublishers.ofInputStream(() -> file)).build()));
    sender.write(LONG.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 3_000; i++) {
      sender.write(row(i, "temperature,20,Cel").getBytes(StandardCharsets.UTF_8));
    }
    sender.flush();

    await().atMost(Duration.ofSeconds(20)).until(() -> hub.rows(device) >= 2_000);
    assertThat(answer).isNotDone();
    sender.close();

    assertThat(answer.join().json().path("accepted").asInt()).isEqualTo(3_000);
    assertThat(hub.rows(device)).isEqualTo(3_000);
  }

  @Test
  void unpacksGzipAndGivesUpWhereItBreaks() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write((LONG + row(0, "temperature,20,Cel")).getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = packed.toByteArray();

    Answer good = packed(whole);
    Answer broken = packed(java.util.Arrays.copyOf(whole, whole.length - 10));

    assertThat(good.json().path("accepted").asInt()).isEqualTo(1);
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.body()).contains("cannot be read");
  }

  @Test
  void givesUpOnAQuotationMarkThatIsNeverClosed() {
    String rest = ("x".repeat(99) + "\n").repeat(15_000);

    Answer answer =
        upload("", LONG + row(0, "temperature,20,Cel") + row(1, "temperature,\"20,Cel") + rest);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().at("/stopped/reason").asText()).contains("quotation mark");
    assertThat(answer.json().path("accepted").asInt() + answer.json().path("rows").asInt())
        .isPositive();
  }

  @Test
  void refusesAHeaderThatItCannotUse() {
    Answer none = upload("", "");
    Answer wrong = upload("", "a,b,c\n1,2,3\n");
    Answer twice = upload("", "device_id,timestamp,a,a\n");

    assertThat(none.status()).isEqualTo(400);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text("field")).isEqualTo("line 1");
    assertThat(wrong.text("detail")).isEqualTo("expected a column timestamp, got a, b, c");
    assertThat(twice.text("detail")).contains("twice");
  }

  @Test
  void letsADeviceUploadItsOwnReadingsAndNoOthers() {
    Registered other = hub.device("sensor");
    Answer answer =
        hub.send(
            HttpRequest.newBuilder(hub.uri("/api/v1/telemetry/upload"))
                .header("Authorization", "Bearer " + device.token())
                .header("Content-Type", "text/csv")
                .POST(
                    BodyPublishers.ofString(
                        LONG
                            + row(0, "temperature,20,Cel")
                            + row(0, "temperature,20,Cel")
                                .replace(device.serial(), other.serial())))
                .build());

    assertThat(answer.json().path("accepted").asInt()).isEqualTo(1);
    assertThat(answer.json().at("/problems/0/reason").asText()).contains("may not speak for");
    assertThat(hub.rows(other)).isZero();
  }

  @Test
  void stopsAtTheFirstRowThatTheLimitsKeepOutForLong() {
    Registered slow =
        hub.device(
            hub.admin(), Map.of("metadata", Map.of("limits", Map.of("readings_per_second", 1))));
    ReadingLimits limits = hub.bean(ReadingLimits.class);
    limits.forget();
    limits.charge("default", slow.id(), 5_000);

    Answer answer =
        upload(
            "",
            LONG
                + IntStream.range(0, 100)
                    .mapToObj(i -> row(i, "temperature,20,Cel"))
                    .collect(Collectors.joining())
                    .replace(device.serial(), slow.serial()));

    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    assertThat(Integer.parseInt(answer.retryAfter())).isBetween(31, 100);
    assertThat(answer.json().at("/stopped/line").asInt()).isEqualTo(2);
    assertThat(answer.json().path("accepted").asInt()).isZero();
  }

  @Test
  void namesTheFirstColumnTooManyOfARowThatAloneIsMoreThanARequest() {
    Answer answer =
        upload(
            "", "device_id,timestamp" + columns(5_001) + "\n" + at(0) + ",1".repeat(5_001) + "\n");

    assertThat(answer.json().at("/problems/0/field").asText()).isEqualTo("wide_5000");
    assertThat(answer.json().at("/problems/0/reason").asText()).contains("got 5001");
  }

  private static String columns(int count) {
    return IntStream.range(0, count).mapToObj(i -> ",wide_" + i).collect(Collectors.joining());
  }

  private String at(int second) {
    return device.serial() + "," + Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
  }

  private Answer upload(String query, String file) {
    return hub.send(request(query, BodyPublishers.ofString(file)).build());
  }

  private Answer packed(byte[] file) {
    return hub.send(
        request("", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(file)))
            .header("Content-Encoding", "gzip")
            .build());
  }

  private HttpRequest.Builder request(String query, BodyPublisher body) {
    return HttpRequest.newBuilder(hub.uri("/api/v1/telemetry/upload" + query))
        .header("Authorization", "Bearer " + hub.admin())
        .header("Content-Type", "text/csv")
        .POST(body);
  }

  private String row(int second, String rest) {
    return device.serial()
        + ","
        + Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second)
        + ","
        + rest
        + "\n";
  }

  private String value(String metric) {
    return hub.owner()
        .sql(
            """
            select coalesce(t.text_value, trim_scale(round(t.value::numeric, 6))::text)
              from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
             where d.id::text = ? and m.key = ?\
            """)
        .params(device.id(), metric)
        .query(String.class)
        .single();
  }
}
