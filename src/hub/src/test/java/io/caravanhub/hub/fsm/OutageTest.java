package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmFault;
import io.caravanhub.testkit.fsm.FsmScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An hour of outage at ten actions a second, in a few seconds: the product is away, answers get
 * lost, the hub is killed five times. The product is one that makes two orders of the same twice.
 */
class OutageTest {
  private static final int ACTIONS = 60;
  private static final int KILLS = 5;

  private final Acting acting = new Acting();
  @TempDir private Path connectors;

  @Test
  void losesNoActionAndMakesNoneTwice() throws Exception {
    hurried("atlas-cmms");
    FsmScript script = FsmScript.read(connectors.resolve("fsm/atlas-cmms"));
    Outbound tenant = new Outbound(acting);
    try (FakeFsm fake = new FakeFsm(script)) {
      RunningOutbox hub = start();
      tenant.connect(hub.rows, "atlas-cmms", script.settings(fake.origin()));
      List<FsmFault> faults =
          List.of(
              FsmFault.AWAY,
              FsmFault.DONE_AND_AWAY,
              FsmFault.DONE_AND_SILENT,
              FsmFault.DONE_AND_BAD_GATEWAY,
              FsmFault.DONE_AND_PAGE);
      for (int kill = 0; kill < KILLS; kill++) {
        fake.fail(faults.get(kill), 6);
        for (int n = 0; n < ACTIONS / KILLS; n++) {
          tenant.raise("A-" + (n % 7), "f_" + kill + "_" + n);
        }
        int before = fake.calls().size();
        await().atMost(Duration.ofSeconds(30)).until(() -> fake.calls().size() > before + 8);
        hub.kill();
        hub = start();
      }
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () ->
                  assertThat(tenant.count("select count(*) from actions where state = 'ACCEPTED'"))
                      .isEqualTo(ACTIONS));
      hub.close();
      List<JsonNode> orders = fake.objects("orders");
      Set<String> distinct =
          orders.stream()
              .map(o -> o.path("title").asText().replaceAll(".*(CH-[0-9A-F]+).*", "$1"))
              .collect(Collectors.toSet());
      assertThat(distinct).as("none is lost").hasSize(ACTIONS);
      assertThat(orders).as("none is double").hasSize(ACTIONS);
      assertThat(tenant.count("select count(distinct fsm_id) from actions")).isEqualTo(ACTIONS);
    } finally {
      tenant.end();
    }
  }

  @Test
  void twoHubsDeliverEachActionOnceAndThoseOfAnAssetInTheirOrder() throws Exception {
    hurried("atlas-cmms");
    FsmScript script = FsmScript.read(connectors.resolve("fsm/atlas-cmms"));
    Outbound tenant = new Outbound(acting);
    try (FakeFsm fake = new FakeFsm(script);
        RunningOutbox one = start();
        RunningOutbox other =
            new RunningOutbox(acting, "nobody", "", "hub-2", Duration.ofMinutes(5), connectors)) {
      tenant.connect(one.rows, "atlas-cmms", script.settings(fake.origin()));
      int raised = 0;
      // One of them may be so quick that the other finds nothing to do.
      while (raised < ACTIONS || claimants(tenant) < 2) {
        assertThat(raised).as("actions of which one hub took all").isLessThan(20 * ACTIONS);
        for (int n = 0; n < ACTIONS; n++, raised++) {
          tenant.raise("A-" + (n % 7), "f_" + raised);
        }
        int all = raised;
        await()
            .atMost(Duration.ofSeconds(40))
            .until(
                () -> tenant.count("select count(*) from actions where state = 'ACCEPTED'") == all);
      }
      assertThat(fake.objects("orders")).hasSize(raised);
      assertThat(
              tenant.count(
                  """
                  select count(*) from (
                    select fsm_id::int < lag(fsm_id::int) over (partition by asset order by created_at, id) as early from actions) a
                   where early\
                  """))
          .as("orders that came before an earlier one of their asset")
          .isZero();
    } finally {
      tenant.end();
    }
  }

  private static long claimants(Outbound tenant) {
    return tenant.count("select count(distinct claimed_by) from actions");
  }

  private RunningOutbox start() throws Exception {
    return new RunningOutbox(acting, "nobody", "", "hub-1", Duration.ofMinutes(5), connectors);
  }

  /** The adapter, with limits that do not make the test an hour long. */
  private void hurried(String product) throws IOException {
    Path from = TestDatabase.root().resolve("connectors/fsm").resolve(product);
    Path to = connectors.resolve("fsm").resolve(product);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.writeString(
            copy,
            Files.readString(file)
                .replace("per_second: 5, at_once: 4", "per_second: 500, at_once: 8"));
      }
    }
  }
}
