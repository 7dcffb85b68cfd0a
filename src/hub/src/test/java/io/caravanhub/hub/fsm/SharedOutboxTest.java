package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmFault;
import io.caravanhub.testkit.fsm.FsmScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One outbox between several hubs, several connections and several tenants. */
class SharedOutboxTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path FOLDER = TestDatabase.root().resolve("connectors");

  private final Acting acting = new Acting();
  private final Outbound tenant = new Outbound(acting);
  @TempDir private Path connectors;

  @AfterEach
  void end() {
    tenant.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"DONE_AND_AWAY", "DONE_AND_SILENT"})
  void aHubThatStoodStillBeforeItsCallMakesNoSecondOrder(FsmFault fault) throws Exception {
    try (FakeFsm fake = fake("atlas-cmms");
        RunningOutbox slow = stopped("hub-1")) {
      connect(slow, fake, "atlas-cmms");
      tenant.raise("P-7", "leak");
      OutboxEntry entry = slow.outbox.claim().get(0);
      owner("updated_at = now() - interval '200 seconds'");
      fake.fail(fault, 1);
      try (RunningOutbox other = hub("hub-2", FOLDER)) {
        other.outbox.recoverStale();
        await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      }
      slow.delivery.create(exchange(entry));
      assertThat(fake.objects("orders")).hasSize(1);
      assertThat(tenant.state()).isEqualTo("ACCEPTED");
    }
  }

  @Test
  void anActionOfUnknownFateIsNotLookedForAtAnotherConnection() throws Exception {
    try (FakeFsm before = fake("atlas-cmms");
        FakeFsm now = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      UUID there = connect(quiet, before, "atlas-cmms");
      tenant.raise("P-7", "leak");
      owner("state = 'UNKNOWN', claimed_by = 'hub-1', connection_id = '" + there + "'");
      TenantScope.run(tenant.tenant, () -> quiet.rows.state(there, false));
      connect(quiet, now, "default");
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        await().atMost(SOON).until(() -> tenant.state().equals("HELD"));
      }
      assertThat(tenant.text("select last_error from actions")).contains("atlas-cmms");
      assertThat(now.calls()).isEmpty();
    }
  }

  @Test
  void anOrderOfAnotherConnectionIsNotReadUnderItsNumberHere() throws Exception {
    try (FakeFsm fake = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      UUID here = connect(quiet, fake, "default");
      for (String id : List.of("WO-1", "WO-2")) {
        fake.add("orders", json("{\"id\": \"" + id + "\", \"status\": \"completed\"}"));
        tenant.plan("work_order", id, "f_" + id);
      }
      owner("state = 'ACCEPTED', fsm_id = asset, connection_id = gen_random_uuid()");
      TestDatabase.owner()
          .sql("update actions set connection_id = ? where tenant_id = ? and asset = 'WO-2'")
          .params(here, tenant.tenant)
          .update();
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        await()
            .atMost(SOON)
            .until(
                () -> tenant.count("select count(*) from actions where state = 'COMPLETED'") > 0);
      }
      assertThat(tenant.text("select asset from actions where state = 'ACCEPTED'"))
          .isEqualTo("WO-1");
      assertThat(fake.calls()).noneMatch(call -> call.contains("WO-1"));
    }
  }

  @Test
  void whatFailsForOneTenantKeepsNothingBackOfTheOthers() throws Exception {
    Outbound failing = new Outbound(acting);
    Outbound third = new Outbound(acting);
    try (FakeFsm fake = fake("atlas-cmms");
        RunningOutbox quiet = stopped("hub-1")) {
      for (Outbound one : List.of(tenant, failing, third)) {
        one.connect(quiet.rows, "atlas-cmms", script("atlas-cmms").settings(fake.origin()));
        one.raise("P-7", "leak");
      }
      FsmLines lines =
          new FsmLines(
              quiet.rows,
              new FsmProducts(FOLDER),
              RunningOutbox.SETTINGS,
              "",
              "default",
              "nobody",
              700,
              Duration.ZERO,
              new FsmAddresses(true)) {
            @Override
            Optional<FsmLine> line(String name) {
              if (name.equals(failing.tenant)) {
                throw new IllegalStateException("the database is away");
              }
              return super.line(name);
            }
          };
      Outbox outbox =
          new Outbox(
              acting.jdbc,
              acting.transactions,
              acting.published::add,
              lines,
              "hub-1",
              new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1)));
      assertThat(outbox.claim())
          .extracting(OutboxEntry::tenant)
          .containsExactlyInAnyOrder(tenant.tenant, third.tenant);
    } finally {
      failing.end();
      third.end();
    }
  }

  @Test
  void whileAnotherHubWritesIntoAnOrderNothingElseIsWrittenIntoIt() throws Exception {
    try (FakeFsm fake = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      connect(quiet, fake, "default");
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        tenant.raise("P-7", "leak");
        await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      }
      tenant.raise("P-7", "leak");
      events(
          "tell_attempts = 1, tell_at = now() + interval '1 minute', telling_until = now() + interval '1 minute'");
      tenant.raise("P-7", "leak");
      quiet.laterEvidence.tell();
      assertThat(fake.calls()).noneMatch(call -> call.startsWith("PATCH"));
      events("tell_at = now(), telling_until = null");
      quiet.laterEvidence.tell();
      assertThat(tenant.count("select count(*) from event_actions where told_at is null")).isZero();
      assertThat(fake.objects("orders").get(0).path("description").asText().split("event:"))
          .hasSize(3);
    }
  }

  @Test
  void aProductWhoseClockIsAheadIsFollowedAndTheHubMovesOn() throws Exception {
    try (FakeFsm fake = fake("postgrest");
        RunningOutbox quiet = stopped("hub-1")) {
      UUID here = connect(quiet, fake, "postgrest");
      fake.add(
          "orders",
          json(
              "{\"id\": 501, \"status\": \"completed\", \"updated_at\": \"2999-01-01T00:00:00Z\"}"));
      tenant.plan("work_order", "P-7", "f");
      owner("state = 'ACCEPTED', fsm_id = '501', connection_id = '" + here + "'");
      TestDatabase.owner()
          .sql("update actions set next_attempt_at = now() + interval '1 hour' where tenant_id = ?")
          .param(tenant.tenant)
          .update();
      TestDatabase.owner()
          .sql("update fsm_connections set changed_since = now() - interval '1 day' where id = ?")
          .param(here)
          .update();
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        await().atMost(SOON).until(() -> tenant.state().equals("COMPLETED"));
        await()
            .atMost(SOON)
            .until(
                () ->
                    tenant.count(
                            "select count(*) from fsm_connections where changed_since between now() - interval '1 minute' and now()")
                        == 1);
      }
    }
  }

  @Test
  void evidenceThatWaitsToBeTriedAgainKeepsNoOtherBack() throws Exception {
    try (FakeFsm fake = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      connect(quiet, fake, "default");
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        tenant.raise("P-7", "leak");
        await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      }
      tenant.raise("P-7", "leak");
      events("tell_attempts = 8, tell_at = now() + interval '1 hour'");
      tenant.raise("P-7", "leak");
      quiet.laterEvidence.tell();
      assertThat(tenant.count("select count(*) from event_actions where told_at is null"))
          .isEqualTo(1);
      assertThat(fake.objects("orders").get(0).path("description").asText().split("event:"))
          .hasSize(2);
    }
  }

  @Test
  void aRefusedQuestionIsAskedAgainAndLeftToAPersonAfterTenTimes() throws Exception {
    adapter("path: /assets/search", "path: /nowhere");
    try (FakeFsm fake = fake("atlas-cmms");
        RunningOutbox hub = hub("hub-1", connectors)) {
      connect(hub, fake, "atlas-cmms");
      tenant.raise("P-7", "leak");
      await().atMost(SOON).until(() -> refusals() == 1);
      await().atMost(SOON).until(() -> tenant.state().equals("PLANNED"));
      assertThat(hub.lines.line(tenant.tenant).orElseThrow().trouble()).isNull();
      await()
          .atMost(SOON)
          .until(
              () -> {
                tenant.hurry();
                return tenant.state().equals("HELD");
              });
      assertThat(refusals()).isEqualTo(10);
      assertThat(tenant.text("select last_error from actions")).contains("404", "10 times");
      assertThat(tenant.count("select count(*) from audit where verb = 'give-up'")).isEqualTo(1);
      tenant.raise("P-8", "leak");
      await()
          .atMost(SOON)
          .until(() -> hub.lines.line(tenant.tenant).orElseThrow().trouble() != null);
    }
  }

  @Test
  void aSystemThatCannotBeAskedForOpenOrdersHasAnOrderMade() throws Exception {
    try (FsmServer fsm = new FsmServer();
        RunningOutbox hub = new RunningOutbox(acting, tenant.tenant, fsm.url())) {
      fsm.knowsNoAssets = true;
      tenant.raise("P-7", "leak");
      await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      assertThat(fsm.calls()).anyMatch(call -> call.contains("assetRef="));
    }
  }

  @Test
  void whileATenantsOwnConnectionIsPausedNothingGoesToTheAddressOfTheOperator() throws Exception {
    try (FakeFsm own = fake("atlas-cmms");
        FakeFsm operators = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      UUID id = UUID.randomUUID();
      TenantScope.run(
          tenant.tenant,
          () -> quiet.rows.insert(id, "atlas-cmms", "drawn up", "person", Map.of("url", "x")));
      try (RunningOutbox hub = new RunningOutbox(acting, tenant.tenant, operators.origin())) {
        tenant.raise("P-7", "leak");
        await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
        UUID there = connect(hub, own, "atlas-cmms");
        TenantScope.run(tenant.tenant, () -> hub.rows.state(there, false));
        hub.lines.forget(tenant.tenant);
        assertThat(hub.lines.line(tenant.tenant)).isEmpty();
      }
      assertThat(operators.objects("orders")).hasSize(1);
    }
  }

  @Test
  void aRefusedLookUpIsLeftToAPerson() throws Exception {
    try (FakeFsm fake = fake("default");
        RunningOutbox quiet = stopped("hub-1")) {
      UUID here = connect(quiet, fake, "default");
      // The fake knows no quotes, as a system that has work orders alone.
      tenant.plan("quote", "P-7", "q");
      owner("state = 'UNKNOWN', claimed_by = 'hub-1', connection_id = '" + here + "'");
      try (RunningOutbox hub = hub("hub-1", FOLDER)) {
        await().atMost(SOON).until(() -> tenant.state().equals("HELD"));
      }
      assertThat(tenant.text("select last_error from actions"))
          .contains("it may have arrived", "the look-up is refused", "404");
      assertThat(tenant.count("select count(*) from audit where verb = 'give-up'")).isEqualTo(1);
    }
  }

  @Test
  void aSystemOfTheContractThatIsAwayIsSentTheSameAgainWithoutALookUp() throws Exception {
    try (FakeFsm fake = fake("default");
        RunningOutbox hub = hub("hub-1", FOLDER)) {
      connect(hub, fake, "default");
      fake.fail(FsmFault.DONE_AND_AWAY, 1);
      tenant.raise("P-7", "leak");
      await()
          .atMost(SOON)
          .until(() -> tenant.text("select coalesce(last_error, '') from actions").contains("503"));
      tenant.hurry();
      await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      assertThat(fake.objects("orders")).hasSize(1);
      assertThat(fake.calls()).noneMatch(call -> call.contains("externalIdentifier="));
    }
  }

  @Test
  void anOrderThatTakesNoEvidenceDoesNotKeepTheJobFromBeingMade() throws Exception {
    adapter("append: {method: PATCH, path: \"/work-orders", "append: {method: PATCH, path: \"/no");
    FsmScript script = script("atlas-cmms");
    try (FakeFsm fake = fake("atlas-cmms");
        RunningOutbox hub = hub("hub-1", connectors)) {
      fake.add(
          "orders",
          Objects.requireNonNull(script.evaluate(script.at("/person").asText(), json("{}"))));
      connect(hub, fake, "atlas-cmms");
      tenant.raise("P-7", "leak");
      await().atMost(SOON).until(() -> tenant.state().equals("ACCEPTED"));
      assertThat(fake.objects("orders")).hasSize(2);
      assertThat(tenant.text("select joined::text from actions")).isEqualTo("false");
    }
  }

  private long refusals() {
    return tenant.count("select max(refusals) from actions");
  }

  private UUID connect(RunningOutbox hub, FakeFsm fake, String product) throws IOException {
    return tenant.connect(hub.rows, product, script(product).settings(fake.origin()));
  }

  private RunningOutbox hub(String me, Path folder) throws Exception {
    return new RunningOutbox(acting, "nobody", "", me, Duration.ofMinutes(5), folder);
  }

  /** A hub that does nothing by itself. */
  private RunningOutbox stopped(String me) throws Exception {
    RunningOutbox hub = hub(me, FOLDER);
    hub.close();
    return hub;
  }

  private static Exchange exchange(OutboxEntry entry) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.setVariable(FsmDelivery.ENTRY, entry);
    return exchange;
  }

  private void owner(String set) {
    TestDatabase.owner()
        .sql("update actions set next_attempt_at = now(), " + set + " where tenant_id = ?")
        .param(tenant.tenant)
        .update();
  }

  private void events(String set) {
    TestDatabase.owner()
        .sql("update event_actions set " + set + " where tenant_id = ? and told_at is null")
        .param(tenant.tenant)
        .update();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private static FsmScript script(String product) throws IOException {
    return FsmScript.read(FOLDER.resolve("fsm").resolve(product));
  }

  private static FakeFsm fake(String product) throws IOException {
    return new FakeFsm(script(product));
  }

  /** The adapter of Atlas CMMS, with one thing in it that is another. */
  private void adapter(String what, String instead) throws IOException {
    Path from = FOLDER.resolve("fsm/atlas-cmms");
    Path to = connectors.resolve("fsm/atlas-cmms");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, Files.readString(file).replace(what, instead));
      }
    }
  }
}
