package io.caravanhub.edge.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work as a step of a route on camel-main. */
class EdgeWorkTest {
  private static final String SECONDS =
      """
      snapshot: PT0.1S
      rules:
        - {devices: A, aggregate: {window: PT1S, grace: PT0.2S, send: [mean, count]}}
        - {devices: B, deadband: {absolute: 1}}
      """;

  private final List<JsonNode> kept = new CopyOnWriteArrayList<>();
  private volatile boolean full;
  @TempDir Path folder;
  private Main main;
  private EdgeWork work;

  @AfterEach
  void stop() {
    main.stop();
  }

  private void start(String yaml) {
    work = new EdgeWork(WorkSettingsTest.read(yaml, folder));
    main = new Main();
    main.configure().setShutdownTimeout(5);
    main.bind(EdgeWork.NAME, work);
    main.addInitialProperty("channel.raw.to", "direct:channel.raw");
    main.configure()
        .addRoutesBuilder(
            new RouteBuilder() {
              @Override
              public void configure() {
                errorHandler(noErrorHandler());
                from("direct:channel.raw")
                    .process(EdgeWork.NAME)
                    .process(
                        exchange -> {
                          if (full) {
                            throw new IllegalStateException("the spool is full");
                          }
                          kept.add(Site.parse(exchange.getMessage().getBody(byte[].class)));
                        });
              }
            });
    main.start();
  }

  private boolean send(String device, String source, Instant at, double value) {
    JsonNode message = Site.with(Site.message(at), "flow", value);
    return !main.getCamelContext()
        .createProducerTemplate()
        .send(
            "direct:channel.raw",
            exchange -> {
              exchange.getMessage().setBody(Site.bytes(message));
              exchange
                  .getMessage()
                  .setHeaders(
                      Map.of(
                          TelemetryHeaders.TENANT, "default",
                          TelemetryHeaders.DEVICE, device,
                          TelemetryHeaders.SOURCE, source));
            })
        .isFailed();
  }

  private double counted() {
    return kept.stream()
        .flatMap(message -> message.findParents("name").stream())
        .filter(one -> one.get("name").asText().equals("flow_count_1s"))
        .mapToDouble(one -> one.get("value").doubleValue())
        .sum();
  }

  @Test
  void everythingPassesWithoutRules() {
    start("{}");
    assertThat(send("A", "modbus", Instant.now(), 1)).isTrue();
    assertThat(kept).hasSize(1);
  }

  @Test
  void windowsGoTheWayOfReadingsAndInTheirOrder() {
    start(SECONDS);
    Instant begin = Instant.now().minusSeconds(30);
    for (int i = 0; i < 100; i++) {
      assertThat(send("A", "modbus", begin.plusMillis(100L * i), i)).isTrue();
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> counted() == 100);
    assertThat(kept.stream().map(one -> Instant.parse(one.get("timestamp").asText())).toList())
        .isSorted();
    assertThat(work.report().toString()).contains("aggregated=99", "readings=100");
  }

  @Test
  void whatASenderIsToldIsKeptIsInNoWindow() {
    start(SECONDS);
    for (int i = 0; i < 5; i++) {
      send("A", "mqtt", Instant.now(), i);
    }
    assertThat(kept).hasSize(5);
  }

  @Test
  void aFailureAfterTheWorkIsTriedAgainAndForgetsWhatItTookForSent() {
    start(SECONDS);
    full = true;
    Instant at = Instant.now();
    assertThat(send("B", "modbus", at, 1)).isFalse();
    assertThat(send("B", "modbus", at.plusSeconds(1), 1)).isFalse();
    full = false;
    assertThat(send("B", "modbus", at.plusSeconds(1), 1)).isTrue();
    assertThat(send("B", "modbus", at.plusSeconds(2), 1)).isTrue();
    assertThat(send("B", "modbus", at.plusSeconds(3), 1)).isTrue();
    assertThat(kept).hasSize(2);
  }

  @Test
  void aWindowThatCannotBeSentWaitsAndFailsItsSenderMeanwhile() {
    start(SECONDS);
    Instant at = Instant.now().minusSeconds(60);
    send("A", "modbus", at, 1);
    full = true;
    assertThat(send("A", "modbus", at.plusSeconds(2), 2)).isFalse();
    assertThat(send("A", "modbus", at.plusSeconds(2), 2)).isFalse();
    full = false;
    await().atMost(Duration.ofSeconds(30)).until(() -> counted() == 2);
    assertThat(send("A", "modbus", at.plusSeconds(2), 2)).isTrue();
  }

  @Test
  void openWindowsAreSentAtAStop() {
    start(SECONDS.replace("PT1S", "PT1H"));
    send("A", "modbus", Instant.now(), 1);
    send("A", "modbus", Instant.now(), 2);
    main.stop();
    JsonNode window = kept.get(kept.size() - 1);
    assertThat(window.at("/metadata/window/partial").asBoolean()).isTrue();
    assertThat(window.at("/measurements/0/value").doubleValue()).isEqualTo(1.5);
    assertThat(folder.resolve("work-windows.json")).doesNotExist();
  }

  @Test
  void aKilledGatewayGoesOnFromTheDisk() throws Exception {
    start(SECONDS.replace("PT1S", "PT1H"));
    Path file = folder.resolve("work-windows.json");
    Instant now = Instant.now();
    send("A", "modbus", now, 1);
    send("A", "modbus", now.plusMillis(1), 2);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(file) && Files.readString(file).contains("\"count\":2"));
    byte[] asKilled = Files.readAllBytes(file);
    main.stop();
    kept.clear();
    Files.write(file, asKilled);
    start(SECONDS.replace("PT1S", "PT1H"));
    main.stop();
    assertThat(kept.get(0).at("/measurements/1/value").intValue()).isEqualTo(2);
  }

  @Test
  void otherRulesCloseWhatIsOpenAndAreInForceFromThenOn() {
    start(SECONDS.replace("PT1S", "PT1H"));
    Instant at = Instant.now();
    send("A", "modbus", at, 1);
    send("A", "modbus", at.plusMillis(1), 2);

    work.follow(WorkSettingsTest.read("rules: [{metrics: flow, filter: drop}]").rules());

    await().atMost(Duration.ofSeconds(30)).until(() -> kept.size() == 2);
    assertThat(kept.get(1).at("/measurements/0/value").doubleValue()).isEqualTo(1.5);
    assertThat(kept.get(1).at("/metadata/window/partial").asBoolean()).isTrue();
    assertThat(send("A", "modbus", at.plusMillis(2), 3)).isTrue();
    assertThat(kept).hasSize(2);
    work.follow(List.of());
    send("A", "modbus", at.plusMillis(3), 4);
    assertThat(kept).hasSize(3);
  }

  @Test
  void aGatewayThatBeganWithoutRulesTakesThem() {
    start("{}");
    Instant at = Instant.now().minusSeconds(30);
    send("A", "modbus", at, 1);

    work.follow(WorkSettingsTest.read(SECONDS).rules());

    for (int i = 1; i < 30; i++) {
      send("A", "modbus", at.plusMillis(100L * i), i);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> counted() == 29);
  }

  @Test
  void windowsThatNoRuleAsksForAnyMoreAreSentAfterAKill() throws Exception {
    start(SECONDS.replace("PT1S", "PT1H"));
    Path file = folder.resolve("work-windows.json");
    Instant now = Instant.now();
    send("A", "modbus", now, 1);
    send("A", "modbus", now.plusMillis(1), 2);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(file) && Files.readString(file).contains("\"count\":2"));
    byte[] asKilled = Files.readAllBytes(file);
    main.stop();
    kept.clear();
    Files.write(file, asKilled);

    start("{}");

    await().atMost(Duration.ofSeconds(30)).until(() -> !kept.isEmpty());
    assertThat(kept.get(0).at("/measurements/0/value").doubleValue()).isEqualTo(1.5);
    assertThat(kept.get(0).at("/metadata/window/partial").asBoolean()).isTrue();
  }

  @Test
  void aFileOfNoiseIsSetAside() throws Exception {
    Files.write(folder.resolve("work-windows.json"), new byte[] {1, 2, 3});
    start(SECONDS);
    assertThat(send("A", "modbus", Instant.now(), 1)).isTrue();
    assertThat(folder.resolve("work-windows.unreadable")).exists();
  }
}
