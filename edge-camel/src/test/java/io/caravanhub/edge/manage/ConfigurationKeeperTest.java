package io.caravanhub.edge.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.BundleCheck;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.rule.KnownMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A version is pulled, put in force, watched and taken back, over real HTTP and real files. */
class ConfigurationKeeperTest {
  private static final String MAP =
      "protocol: modbus-tcp\n"
          + "points:\n"
          + "  - {metric: temperature, unit: Cel, address: 1, type: int16}\n";
  private static final String ONE =
      "- {device: A, protocol: modbus-tcp, address: 'h:1', map: own.yaml}\n";
  private static final Map<String, String> FIRST =
      Map.of("maps/own.yaml", MAP, "fieldbus.yaml", ONE);
  private static final Map<String, String> SECOND =
      Map.of("maps/own.yaml", MAP, "fieldbus.yaml", ONE + ONE.replace("A", "B"));

  private static CamelContext context;

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final Health health = new Health();
  private FakeHub hub;
  private LiveConfiguration live;
  private VersionStore store;
  private ConfigurationKeeper keeper;
  private BundleCheck check;
  private String token = "secret";

  private static final class Health implements SiteHealth {
    final Map<String, String> down = new TreeMap<>();
    final Map<String, String> refused = new TreeMap<>();
    boolean uplink = true;

    @Override
    public Map<String, String> down() {
      return down;
    }

    @Override
    public Map<String, String> refusedRoutes() {
      return refused;
    }

    @Override
    public boolean uplink() {
      return uplink;
    }
  }

  @BeforeAll
  static void startCamel() {
    context = new DefaultCamelContext();
    context.start();
  }

  @AfterAll
  static void stopCamel() {
    context.stop();
  }

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub();
    Files.createDirectories(folder.resolve("package/vendor"));
    Files.writeString(folder.resolve("package/vendor/model.yaml"), MAP);
    check = new BundleCheck(context, KnownMetrics.CATALOGUE, "vendor/model.yaml"::equals);
    startGateway();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** As after a kill: nothing but the files is left of what was. */
  private void startGateway() throws IOException {
    ManageSettings settings =
        new ManageSettings(
            FakeHub.GATEWAY,
            hub.uri(),
            token,
            null,
            folder.resolve("config"),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            true,
            null,
            false,
            null,
            1000);
    store = new VersionStore(settings.folder(), folder.resolve("package"), null);
    live =
        new LiveConfiguration(
            store.inForce(), ConfigurationKeeperTest::connections, List.of(), List.of());
    keeper =
        new ConfigurationKeeper(
            settings, new HubApi(hub.uri(), "secret", null), store, live, nanos::get);
    keeper.recover();
  }

  private static List<FieldbusConnection> connections(JsonNode list) {
    List<FieldbusConnection> connections = new ArrayList<>();
    for (JsonNode node : list) {
      if (node.path("address").asText().equals("bad")) {
        throw new IllegalArgumentException("fieldbus[0].address: expected host:port");
      }
      connections.add(
          new FieldbusConnection(
              "t",
              node.path("device").asText(),
              "modbus-tcp",
              node.path("address").asText(),
              1,
              node.path("map").asText(),
              Duration.ofSeconds(1)));
    }
    return connections;
  }

  private void pull() throws IOException {
    keeper.pull(check, health);
  }

  private void after(long seconds) throws IOException {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    keeper.watch(health);
  }

  private List<String> devices() {
    return live.all().stream().map(FieldbusConnection::device).toList();
  }

  @Test
  void aVersionComesInForceAndProvesItself() throws IOException {
    pull();
    assertThat(store.current()).isZero();
    hub.publish(1, FIRST);
    pull();
    assertThat(devices()).containsExactly("A");
    assertThat(live.mappings().resolve("own.yaml")).hasContent(MAP.strip());
    assertThat(live.mappings().resolve("vendor/model.yaml")).exists();
    after(5);
    assertThat(keeper.isWatching()).isTrue();
    after(6);

    assertThat(keeper.isWatching()).isFalse();
    assertThat(hub.reports).containsExactly("1 applying", "1 healthy");
    assertThat(keeper.state()).isEqualTo(new ConfigurationKeeper.State(1, 1, "healthy", null));
  }

  @Test
  void oneThatTakesConnectionsDownIsTakenBack() throws IOException {
    proven(1, FIRST);
    hub.publish(2, SECOND);
    pull();
    assertThat(devices()).containsExactly("A", "B");
    health.down.put("B", "connection refused");
    after(59);
    assertThat(devices()).containsExactly("A", "B");
    after(2);

    assertThat(devices()).containsExactly("A");
    assertThat(store.current()).isEqualTo(1);
    assertThat(hub.reports).endsWith("2 applying", "2 rolled_back");
    assertThat(hub.bodies.get(hub.bodies.size() - 1).path("error").asText())
        .contains("B (connection refused)");
    pull();
    assertThat(store.current()).as("it is not tried again").isEqualTo(1);
    hub.publish(3, SECOND);
    health.down.clear();
    pull();
    assertThat(store.current()).isEqualTo(3);
  }

  @Test
  void refusedRoutesAndALostUplinkCountToo() throws IOException {
    hub.publish(1, FIRST);
    pull();
    health.refused.put("routes/x.camel.yaml", "line 3: unknown component 'foo'");
    health.uplink = false;
    after(61);

    assertThat(store.current()).isZero();
    assertThat(store.outcome().orElseThrow().error())
        .contains("routes/x.camel.yaml is refused: line 3", "no connection to the hub");
  }

  @Test
  void whatTheGatewayCannotReadIsRefusedBeforeItIsTouched() throws IOException {
    proven(1, FIRST);
    hub.publish(2, Map.of("maps/own.yaml", MAP.replace("Cel", "nonsense"), "fieldbus.yaml", ONE));
    pull();
    assertThat(hub.reports).endsWith("2 refused");
    assertThat(store.outcome().orElseThrow().error()).contains("maps/own.yaml", "line 3", "unit");
    hub.publish(3, Map.of("maps/own.yaml", MAP, "fieldbus.yaml", ONE.replace("h:1", "bad")));
    pull();
    assertThat(store.outcome().orElseThrow().error()).contains("fieldbus[0].address");
    hub.publish(4, Map.of("../../escape.yaml", "a: 1"));
    pull();
    assertThat(hub.reports).endsWith("4 refused");
    assertThat(store.current()).isEqualTo(1);
    assertThat(folder.resolve("escape.yaml")).doesNotExist();
  }

  @Test
  void rulesOfLocalWorkComeAndGoWithTheVersion() throws IOException {
    List<Integer> told = new ArrayList<>();
    live.onWork(rules -> told.add(rules.size()));
    hub.publish(1, Map.of("work.yaml", "rules: [{metrics: power, aggregate: {}}, {filter: drop}]"));
    pull();
    after(11);
    hub.publish(2, Map.of("work.yaml", "rules: [{deadband: {absolute: -1}}]"));
    pull();
    assertThat(store.outcome().orElseThrow().error())
        .isEqualTo("work.yaml: line 1: rules[0].deadband.absolute: expected more than 0, got -1");
    hub.publish(3, Map.of());
    pull();

    assertThat(told).containsExactly(0, 2, 0);
  }

  @Test
  void oneThatCameDamagedIsAskedForAgain() throws IOException {
    hub.publish(1, FIRST);
    String good = hub.sha256;
    hub.sha256 = "00";
    pull();
    assertThat(store.current()).isZero();
    hub.sha256 = good;
    pull();
    assertThat(store.current()).isEqualTo(1);
  }

  @Test
  void whatTheHubDidNotHearIsToldLater() throws IOException {
    hub.publish(1, FIRST);
    pull();
    hub.away = true;
    after(11);
    assertThat(hub.reports).containsExactly("1 applying");
    startGateway();
    assertThatThrownBy(this::pull).hasMessageContaining("503");
    hub.away = false;
    pull();

    assertThat(hub.reports).containsExactly("1 applying", "1 healthy");
  }

  @Test
  void oneStartOnTrialIsForgivenTheSecondTakesItBack() throws IOException {
    proven(1, FIRST);
    hub.publish(2, SECOND);
    pull();
    startGateway();
    assertThat(devices()).containsExactly("A", "B");
    assertThat(keeper.isWatching()).isTrue();

    startGateway();

    assertThat(devices()).containsExactly("A");
    assertThat(keeper.isWatching()).isFalse();
    pull();
    assertThat(hub.reports).endsWith("2 rolled_back");
  }

  /** The steps of applying and of taking back, each the last that came to pass. */
  @ParameterizedTest
  @ValueSource(
      strings = {"half written", "written", "pending", "switched", "decided", "healthy", "torn"})
  void aKillInAnyPhaseLeavesAVersionInForceAndTheNextIsTaken(String phase) throws IOException {
    proven(1, FIRST);
    io.caravanhub.core.bundle.Bundle second = io.caravanhub.core.bundle.Bundle.of(SECOND);
    Path versions = folder.resolve("config/versions");
    VersionStore.Pending pending = new VersionStore.Pending(2, 1, Set.of(), true, 0);
    switch (phase) {
      case "half written" ->
          DurableFiles.write(versions.resolve(".2/files/fieldbus.yaml"), new byte[9]);
      case "written" -> store.write(2, second);
      case "pending" -> {
        store.write(2, second);
        store.pending(pending);
      }
      case "torn" -> Files.writeString(folder.resolve("config/pending.json"), "{\"ver");
      default -> {
        store.write(2, second);
        store.pending(pending);
        store.switchTo(2);
        if (!phase.equals("switched")) {
          String state = phase.equals("healthy") ? "healthy" : "rolled_back";
          store.outcome(new VersionStore.Outcome(2, state, null, false));
        }
      }
    }

    startGateway();

    boolean stays = phase.equals("switched") || phase.equals("healthy");
    assertThat(store.current()).isEqualTo(stays ? 2 : 1);
    assertThat(devices()).hasSize(stays ? 2 : 1);
    assertThat(keeper.isWatching()).isEqualTo(phase.equals("switched"));
    after(61);
    hub.publish(3, FIRST);
    pull();
    after(11);
    assertThat(store.current()).isEqualTo(3);
    assertThat(hub.reports).endsWith("3 applying", "3 healthy");
  }

  @Test
  void keepsFiveVersionsAndTheOneInForce() throws IOException {
    for (int version = 1; version <= 8; version++) {
      proven(version, version % 2 == 0 ? FIRST : SECOND);
    }
    try (var found = Files.list(folder.resolve("config/versions"))) {
      assertThat(found.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("0", "4", "5", "6", "7", "8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unreadable", "half gone", "gone"})
  void ofADamagedVersionTheOneBeforeIsInForceUntilItHasComeAgain(String how) throws IOException {
    proven(1, FIRST);
    proven(2, SECOND);
    Path files = folder.resolve("config/versions/2/files");
    switch (how) {
      case "unreadable" -> Files.writeString(files.resolve("fieldbus.yaml"), "\0\0\0");
      case "half gone" -> DurableFiles.delete(files.resolve("mappings"));
      default -> DurableFiles.delete(files.getParent());
    }

    startGateway();

    assertThat(devices()).containsExactly("A");
    assertThat(keeper.state().state()).isEqualTo("damaged");
    pull();
    assertThat(devices()).containsExactly("A", "B");
    after(11);
    assertThat(keeper.state()).isEqualTo(new ConfigurationKeeper.State(2, 2, "healthy", null));
    assertThat(hub.reports)
        .endsWith("2 applying", "2 healthy", "2 rolled_back", "2 applying", "2 healthy");
  }

  @Test
  void aMapThatWasDamagedIsFetchedAgain() throws IOException {
    proven(1, FIRST);
    Files.writeString(folder.resolve("config/versions/1/files/maps/own.yaml"), "");

    startGateway();
    pull();
    after(11);

    assertThat(live.mappings().resolve("own.yaml")).hasContent(MAP.strip());
    assertThat(keeper.state()).isEqualTo(new ConfigurationKeeper.State(1, 1, "healthy", null));
  }

  @Test
  void aConnectionThatWasUpIsMissedThoughAnotherHasComeBack() throws IOException {
    proven(1, SECOND);
    health.down.put("A", "no answer");
    hub.publish(
        2, Map.of("maps/own.yaml", MAP, "fieldbus.yaml", SECOND.get("fieldbus.yaml") + "#"));
    pull();
    health.down.remove("A");
    health.down.put("B", "connection refused");
    after(61);

    assertThat(store.current()).isEqualTo(1);
    assertThat(store.outcome().orElseThrow().error())
        .contains("1 connections are down that were not before: B (connection refused)");
  }

  @Test
  void oneThatWasTakenBackWhileTheHubWasAwayIsTriedAgain() throws IOException {
    proven(1, FIRST);
    hub.publish(2, SECOND);
    pull();
    health.uplink = false;
    after(61);
    assertThat(devices()).containsExactly("A");
    pull();
    assertThat(devices()).as("the hub is still away").containsExactly("A");
    health.uplink = true;
    startGateway();
    pull();
    after(11);

    assertThat(devices()).containsExactly("A", "B");
    assertThat(hub.reports).endsWith("2 applying", "2 rolled_back", "2 applying", "2 healthy");
  }

  @Test
  void oneThatTakesTheHubAwayEachTimeIsTriedThrice() throws IOException {
    proven(1, FIRST);
    hub.publish(2, SECOND);
    for (int round = 0; round < 3; round++) {
      health.uplink = true;
      pull();
      assertThat(store.current()).isEqualTo(2);
      health.uplink = false;
      after(61);
      assertThat(store.current()).isEqualTo(1);
    }
    health.uplink = true;
    pull();
    assertThat(store.current()).isEqualTo(1);
  }

  @Test
  void anotherHubsVersionOfTheSameNumberIsAnother() throws IOException {
    proven(1, FIRST);
    hub.publish(2, Map.of("nonsense", ""));
    pull();
    assertThat(hub.reports).endsWith("2 refused");
    hub.publish(2, SECOND);
    startGateway();
    pull();
    after(11);
    assertThat(devices()).containsExactly("A", "B");

    hub.publish(2, FIRST);
    startGateway();
    pull();
    assertThat(devices()).containsExactly("A");
    health.down.put("A", "no answer");
    after(61);
    assertThat(store.current()).as("back to the one before").isEqualTo(1);
  }

  @Test
  void anotherEnrolmentHearsOfWhatRunsAlready() throws IOException {
    proven(1, FIRST);
    token = "another";
    startGateway();
    pull();

    assertThat(hub.reports).containsExactly("1 applying", "1 healthy", "1 healthy");
    startGateway();
    pull();
    assertThat(hub.reports).hasSize(3);
  }

  private void proven(int version, Map<String, String> files) throws IOException {
    hub.publish(version, files);
    pull();
    after(11);
    assertThat(store.current()).isEqualTo(version);
  }
}
