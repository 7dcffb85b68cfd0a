package io.caravanhub.core.fieldbus;

import static io.caravanhub.core.fieldbus.WriteResult.State.DONE;
import static io.caravanhub.core.fieldbus.WriteResult.State.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpcUaSubscriptionTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path maps;
  private final int port = RegisterServer.freePort();
  private NodeServer server;
  private TcpProxy proxy;
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    server = new NodeServer(port, values(0));
    proxy = new TcpProxy(port);
    fieldbus =
        new FieldbusFixture(
            maps,
            "opcua",
            "refresh=50&timeout=1500&deadline=3000&minBackOff=40&maxBackOff=100&queueSize=50",
            true);
    fieldbus.map(
        "acme/line.opcua.yaml",
        """
        protocol: opcua
        points:
          - {metric: flow, node: "nsu=urn:test;s=flow", unit: m3/h, queue: 200}
          - {metric: power, node: "ns=2;s=power", unit: kW, queue: 2}
          - {metric: level, node: "ns=2;s=level", unit: "%", scale: 0.1, deadband: 1, writable: true, max: 100}
          - {metric: runtime, node: "ns=2;s=nothing", unit: h}
        """);
  }

  // A server gives the subscription of an anonymous user without security to nobody.
  private void connectAsUser() {
    connect(Map.of("user", "reader", "password", "secret", "plainPassword", "true"));
  }

  private void connect(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("publishing", "PT0.05S");
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "LINE-1",
            "opcua",
            "opc.tcp://127.0.0.1:" + proxy.port() + "/plant",
            0,
            "acme/line.opcua.yaml",
            Duration.ofMillis(100),
            all));
  }

  private static Map<String, DataValue> values(int flow) {
    return Map.of("flow", value(flow), "power", value(0), "level", value(500));
  }

  @AfterEach
  void stop() throws Exception {
    fieldbus.close();
    proxy.close();
    server.close();
  }

  private static DataValue value(int number) {
    DateTime at = new DateTime(LONG_AGO.plusMillis(number));
    return new DataValue(new Variant((double) number), StatusCode.GOOD, at, at);
  }

  private void awaitState(FieldbusStatus.State state) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(() -> assertThat(fieldbus.status("LINE-1").state()).isEqualTo(state));
  }

  /** Changes with a time of their own, as {@code milliseconds=value}. */
  private List<String> changes(String metric) {
    List<String> changes = new ArrayList<>();
    for (JsonNode body : fieldbus.bodies) {
      Instant at = Instant.parse(body.path("timestamp").asText());
      for (JsonNode measurement : body.path("measurements")) {
        if (at.isBefore(LONG_AGO.plusSeconds(86_400))
            && measurement.path("name").asText().equals(metric)) {
          changes.add(
              Duration.between(LONG_AGO, at).toMillis() + "=" + measurement.path("value").asInt());
        }
      }
    }
    return changes;
  }

  private static List<String> upTo(int last) {
    return IntStream.rangeClosed(0, last).mapToObj(n -> n + "=" + n).toList();
  }

  private void push(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(n -> server.push("flow", value(n)));
  }

  private void awaitChanges(String metric, List<String> expected) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(changes(metric)).isEqualTo(expected));
  }

  @Test
  void eachChangeOfABurstComesOnceInOrderWithTheTimeOfItsSource() {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    push(1, 150);
    awaitChanges("flow", upTo(150));
    assertThat(fieldbus.status("LINE-1").dropped()).isZero();
  }

  @Test
  void aQueueThatOverflowedIsTold() {
    connectAsUser();
    awaitChanges("power", upTo(0));
    IntStream.rangeClosed(1, 20).forEach(n -> server.push("power", value(n)));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(told("power")).contains("queue overflowed"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(fieldbus.status("LINE-1").error()).contains("overflowed"));
  }

  private String told(String metric) {
    return fieldbus.bodies.stream()
        .flatMap(body -> StreamSupport.stream(body.path("measurements").spliterator(), false))
        .filter(measurement -> measurement.path("name").asText().equals(metric))
        .map(JsonNode::toString)
        .distinct()
        .toList()
        .toString();
  }

  @Test
  void aChangeWithinTheDeadbandIsNotTold() {
    connectAsUser();
    awaitChanges("level", List.of("500=50"));
    server.push("level", value(505));
    server.push("level", value(511));
    awaitChanges("level", List.of("500=50", "511=51"));
  }

  @Test
  void aPointTheServerDoesNotMonitorIsPolledAndThatIsTold() {
    connectAsUser();
    awaitState(FieldbusStatus.State.UP);
    await()
        .atMost(PATIENCE)
        .until(() -> fieldbus.bodies.stream().filter(b -> named(b, "runtime")).count() > 3);
    assertThat(fieldbus.status("LINE-1").error()).contains("runtime", "Bad_NodeIdUnknown");
  }

  private static boolean named(JsonNode body, String metric) {
    return body.path("measurements").findValuesAsText("name").contains(metric);
  }

  @Test
  void changesDuringAShortOutageComeAfterIt() {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    push(1, 20);
    awaitChanges("flow", upTo(20));
    proxy.cut();
    push(21, 60);
    awaitChanges("flow", upTo(60));
    awaitState(FieldbusStatus.State.UP);
    assertThat(fieldbus.bodies.toString()).doesNotContain("were lost");
    assertThat(server.subscriptions()).isEqualTo(1);
  }

  @Test
  void changesThatWaitedForTheRouteWhenTheLineWasCutAreNotLostUntold() {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    fieldbus.routeFails = true;
    push(1, 150);
    await().atMost(PATIENCE).until(() -> fieldbus.status("LINE-1").waiting() >= 25);
    proxy.cut();
    await().atMost(PATIENCE).until(() -> fieldbus.status("LINE-1").lastError() != null);
    fieldbus.routeFails = false;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        changes("flow").containsAll(upTo(150))
                            || fieldbus.bodies.toString().contains("were lost"))
                    .isTrue());
  }

  @Test
  void whereTheServerDoesNotGiveTheSubscriptionBackLostChangesAreTold() {
    connect(Map.of());
    awaitChanges("flow", upTo(0));
    proxy.cut();
    await().atMost(PATIENCE).until(() -> fieldbus.bodies.toString().contains("were lost"));
    awaitState(FieldbusStatus.State.UP);
    push(1, 3);
    await().atMost(PATIENCE).until(() -> changes("flow").contains("3=3"));
  }

  @Test
  void changesWhileTheLineIsSilentComeAfterIt() {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    proxy.stall(true);
    push(1, 50);
    awaitState(FieldbusStatus.State.DOWN);
    proxy.stall(false);
    proxy.cut();
    awaitState(FieldbusStatus.State.UP);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        changes("flow").containsAll(upTo(50))
                            || fieldbus.bodies.toString().contains("were lost"))
                    .isTrue());
  }

  @Test
  void aServerStartedAgainGivesValuesAndTheGapIsTold() throws Exception {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    server.close();
    proxy.cut();
    awaitState(FieldbusStatus.State.DOWN);
    server = new NodeServer(port, values(7));
    await().atMost(PATIENCE).until(() -> fieldbus.bodies.toString().contains("were lost"));
    awaitState(FieldbusStatus.State.UP);
    // Good again at the next read, and followed again.
    await()
        .atMost(PATIENCE)
        .until(() -> fieldbus.last("LINE-1", "flow").path("quality").isMissingNode());
    server.push("flow", value(8));
    await().atMost(PATIENCE).until(() -> changes("flow").contains("8=8"));
    assertThat(fieldbus.status("LINE-1").error()).contains("changes between");
  }

  @Test
  void aConnectionThatIsTakenAwayLeavesNothingOnTheServer() {
    connectAsUser();
    awaitChanges("flow", upTo(0));
    fieldbus.connections.clear();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(server.sessions()).isZero();
              assertThat(server.subscriptions()).isZero();
            });
  }

  @Test
  void aPasswordIsNotSentUnencryptedUnasked() {
    connect(Map.of("user", "reader", "password", "secret"));
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(
            () ->
                assertThat(fieldbus.status("LINE-1").error())
                    .contains("wants the password unencrypted", "plainPassword")
                    .doesNotContain("secret"));
  }

  @Test
  void aWriteIsReadBack() throws Exception {
    connect(
        Map.of("user", "reader", "password", "secret", "plainPassword", "true", "writes", "true"));
    awaitState(FieldbusStatus.State.UP);
    await().atMost(PATIENCE).until(() -> fieldbus.write("LINE-1", "level", 73).state() == DONE);
    assertThat(server.values.get("level").value().value()).isEqualTo(730.0);
    assertThat(fieldbus.write("LINE-1", "level", 101).state()).isEqualTo(REFUSED);
    assertThat(fieldbus.write("LINE-1", "flow", 1).reason()).contains("not writable");
  }
}
