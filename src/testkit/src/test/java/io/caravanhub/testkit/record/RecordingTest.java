package io.caravanhub.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.testkit.ConnectorCommand;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Grade;
import io.caravanhub.testkit.scaffold.Drafts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Traffic of clouds that are played here, recorded and run through the commands. */
class RecordingTest {
  private static final String KEY = "Zz91-REAL-key77";
  private static final String ANSWER =
      """
      {"devices": [
        {"serialNumber": "QF-100", "displayName": "Smith house", "modelName": "Q1", "lastSeen": "2026-01-01T08:00:00Z",
         "readings": {"supplyAirTemperature": 13.5, "roomHumidity": 41}},
        {"serialNumber": "QF-101", "displayName": "Jones house", "modelName": "Q1", "lastSeen": "2026-01-01T08:00:05Z",
         "readings": {"supplyAirTemperature": 14.5, "roomHumidity": 43}}]}
      """;
  private static final String REAL =
      """
      credentials: {api_key: %s}
      auth: {headers: {X-Api-Key: %s}}
      calls:
        - path: /v1/devices
          answer: %s
      """
          .formatted(KEY, KEY, ANSWER.replace("\n", " "));

  @TempDir Path work;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = new CommandLine(new ConnectorCommand());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] all = new String[args.length + 2];
    all[0] = "--connectors";
    all[1] = work.resolve("connectors").toString();
    System.arraycopy(args, 0, all, 2, args.length);
    return line.execute(all);
  }

  private Path drafted() throws IOException {
    Path folder = work.resolve("connectors/oem/quillfort");
    Path sample = Files.writeString(work.resolve("first.json"), ANSWER);
    Drafts.poll(folder, "quillfort", List.of(sample), null);
    return folder;
  }

  private Path settings() throws IOException {
    return Files.writeString(work.resolve("acme.properties"), "api_key = " + KEY + "\n");
  }

  @Test
  void aPollOfTheRealCloudBecomesMaskedSamplesThatPassTheTests() throws IOException {
    Path folder = drafted();
    try (FakeCloud real = new FakeCloud(Script.of(REAL), Fault.NONE)) {
      String[] record = {
        "record", "quillfort", "--settings", settings().toString(), "--against", real.origin()
      };
      assertThat(run(record)).as("samples are there").isEqualTo(1);
      String[] replace =
          Stream.concat(Stream.of(record), Stream.of("--replace")).toArray(String[]::new);
      assertThat(run(replace)).as(err.toString()).isZero();
    }
    String all = texts(folder);
    assertThat(all).contains("supplyAirTemperature").doesNotContain(KEY, "Smith", "QF-100");
    assertThat(out.toString() + err).doesNotContain(KEY);
    assertThat(run("test", "quillfort", "--accept", "--at-least", "gold"))
        .as(out.toString())
        .isZero();
  }

  @Test
  void aCredentialThatACloudRepeatsIsNotWritten() throws IOException {
    Path folder = drafted();
    String repeats = REAL.replace("\"Q1\"", "\"" + KEY + "\"").replace("Smith", "x" + KEY + "y");
    try (FakeCloud real = new FakeCloud(Script.of(repeats), Fault.NONE)) {
      assertThat(
              run(
                  "record",
                  "quillfort",
                  "--settings",
                  settings().toString(),
                  "--against",
                  real.origin(),
                  "--replace"))
          .as(err.toString())
          .isZero();
    }
    assertThat(texts(folder)).doesNotContain(KEY).contains("api-key-of-the-test");
  }

  @Test
  void aCloudThatRefusesTheKeyLeavesTheSamplesAsTheyWere() throws IOException {
    Path folder = drafted();
    String before = texts(folder);
    try (FakeCloud real = new FakeCloud(Script.of(REAL), Fault.UNAUTHORIZED)) {
      assertThat(
              run(
                  "record",
                  "quillfort",
                  "--settings",
                  settings().toString(),
                  "--against",
                  real.origin(),
                  "--replace"))
          .isEqualTo(1);
    }
    assertThat(err.toString()).contains("credentials are refused").doesNotContain(KEY);
    assertThat(texts(folder)).isEqualTo(before);
  }

  @Test
  void runPrintsEachReadingAndNeverTheKey() throws IOException {
    drafted();
    try (FakeCloud real = new FakeCloud(Script.of(REAL), Fault.NONE)) {
      assertThat(
              run(
                  "run",
                  "quillfort",
                  "--once",
                  "--json",
                  "--settings",
                  settings().toString(),
                  "--against",
                  real.origin()))
          .as(err.toString())
          .isZero();
    }
    JsonNode first = new ObjectMapper().readTree(out.toString().lines().findFirst().orElse(""));
    assertThat(first.path("device").asText()).isEqualTo("QF-100");
    assertThat(first.path("metric").asText()).isEqualTo("supply_air_temp");
    assertThat(first.path("value").asDouble()).isEqualTo(13.5);
    assertThat(err.toString()).contains("4 readings").doesNotContain(KEY);
  }

  @Test
  void aSettingThatNobodyGaveIsNamedWithItsVariable() throws IOException {
    drafted();
    assertThat(run("run", "quillfort", "--once")).isEqualTo(2);
    assertThat(err.toString()).contains("api_key", "CONNECTOR_API_KEY");
  }

  @Test
  void webhooksThatCameInBecomeSamples() throws Exception {
    Path folder = work.resolve("connectors/oem/hooked");
    Path sample = Files.writeString(work.resolve("first.json"), ANSWER);
    Drafts.webhook(folder, "hooked", List.of(sample));
    int port;
    try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    CompletableFuture<Integer> recorded =
        CompletableFuture.supplyAsync(
            () ->
                run(
                    "record",
                    "hooked",
                    "--bodies",
                    "2",
                    "--replace",
                    "--port",
                    Integer.toString(port)));
    post(port, ANSWER);
    post(port, ANSWER.replace("QF-100", "QF-200"));
    assertThat(recorded.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
        .as(err.toString())
        .isZero();
    assertThat(texts(folder)).doesNotContain("QF-200", "Smith");
    assertThat(run("test", "hooked", "--accept")).as(out.toString()).isZero();
    assertThat(Grade.of(ConnectorKit.examine(new ConnectorFolder(folder))))
        .isGreaterThanOrEqualTo(Grade.GOLD);
  }

  private static void post(int port, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    org.awaitility.Awaitility.await()
        .ignoreExceptions()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                    == 202);
  }

  private static String texts(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
