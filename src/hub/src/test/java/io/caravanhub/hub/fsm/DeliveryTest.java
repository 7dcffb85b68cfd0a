package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.event.EventQuery;
import io.caravanhub.hub.rules.Detection;
import io.caravanhub.hub.rules.Detections;
import io.caravanhub.hub.rules.RuleDevice;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class DeliveryTest {
  private static final Acting ACTING = new Acting();
  private static final Duration SOON = Duration.ofSeconds(15);

  private FsmServer fsm;
  private String tenant;
  private RuleDevice device;

  @BeforeEach
  void startAnFsm() throws Exception {
    fsm = new FsmServer();
    tenant = TestDatabase.tenant();
    device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), null);
  }

  @AfterEach
  void stop() {
    fsm.close();
    TestDatabase.owner().sql("update actions set state = 'CANCELLED'").update();
  }

  @Test
  void aWorkOrderArrivesWithItsEvidenceAndItsEventIsLinked() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
    }
    ObjectNode order = fsm.orders().get(0);
    assertThat(order.path("externalIdentifier").asText()).startsWith("CH-");
    assertThat(order.path("title").asText()).isEqualTo("RTU-9: superheat 18.25 K");
    assertThat(order.path("priority").asInt()).isEqualTo(2);
    assertThat(order.path("parts").get(0).path("number").asText()).isEqualTo("N1");
    assertThat(order.path("items").get(0).path("description").asText()).isEqualTo("Look");
    assertThat(order.path("failureModeCode").asText()).isEqualTo("LEAK");
    assertThat(order.path("evidence").path("value").asDouble()).isEqualTo(18.254);
    assertThat(order.path("evidence").path("threshold").asDouble()).isEqualTo(15);
    assertThat(order.path("evidence").path("eventIds")).hasSize(1);
    assertThat(Instant.parse(order.path("requestedStart").asText())).isAfter(Instant.now());
    assertThat(fsm.calls()).startsWith("POST /work-orders");
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
  }

  @Test
  void anFsmThatIsDownGetsItsOrderOnceAfterwards() throws Exception {
    fsm.stop();
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> attempts() >= 2);
      assertThat(state()).isIn("PLANNED", "SENDING");
      fsm.restart();
      awaitState("ACCEPTED");
    }
    assertThat(fsm.orders()).hasSize(1);
    assertThat(fsm.posts()).isEqualTo(1);
  }

  @Test
  void anAnswerThatNeverCameIsLookedUpAndNotSentAgain() throws Exception {
    fsm.mood = FsmServer.Mood.STORES_AND_STALLS;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> fsm.posts() == 1);
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.calls())
        .anyMatch(call -> call.startsWith("GET /work-orders?externalIdentifier=CH-"));
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void aServerErrorAfterTheOrderWasStoredIsLookedUpAndNotSentAgain() throws Exception {
    fsm.mood = FsmServer.Mood.STORES_AND_BREAKS;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void anAcceptedOrderThatCouldNotBeNotedIsLookedUpAndNotSentAgain() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      running.failNextAcceptance();
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void anOrderThatTheLookUpDoesNotFindIsSentAgain() throws Exception {
    fsm.mood = FsmServer.Mood.STALLS;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> state().equals("UNKNOWN"));
      fsm.mood = FsmServer.Mood.WELL;
      awaitState("ACCEPTED");
    }
    assertThat(fsm.orders()).hasSize(1);
    assertThat(fsm.posts()).isEqualTo(2);
  }

  @Test
  void aRefusedOrderIsDeadAtOnceAuditedAndLeavesTheBreakerClosed() throws Exception {
    fsm.mood = FsmServer.Mood.REFUSING;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      for (int n = 0; n < 12; n++) {
        notice("family_" + n);
      }
      await()
          .atMost(SOON)
          .until(() -> count("select count(*) from actions where state = 'DEAD'") == 12);
      assertThat(count("select count(*) from audit where verb = 'give-up'")).isEqualTo(12);
      assertThat(lastError()).contains("422", "unknown asset");
      fsm.mood = FsmServer.Mood.WELL;
      notice("another");
      await().atMost(Duration.ofSeconds(3)).until(() -> fsm.orders().size() == 1);
    }
    assertThat(fsm.posts()).isEqualTo(13);
  }

  @Test
  void anOrderRefusedForGoodDoesNotStandInTheWayOfTheNextEventOfItsProblem() throws Exception {
    fsm.mood = FsmServer.Mood.REFUSING;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("DEAD");
      fsm.mood = FsmServer.Mood.WELL;
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> fsm.orders().size() == 1);
    }
  }

  @Test
  void anFsmThatFailsIsGivenARestAndGetsAllOrdersOnceItIsWell() throws Exception {
    fsm.mood = FsmServer.Mood.BROKEN;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      for (int n = 0; n < 20; n++) {
        notice("family_" + n);
      }
      await().atMost(SOON).until(() -> lastErrors().contains("given a rest"));
      fsm.mood = FsmServer.Mood.WELL;
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> count("select count(*) from actions where state = 'ACCEPTED'") == 20);
    }
    assertThat(fsm.orders()).hasSize(20);
    assertThat(count("select count(distinct fsm_id) from actions")).isEqualTo(20);
  }

  @Test
  void aBusyFsmIsLeftAloneForAsLongAsItAsks() throws Exception {
    fsm.mood = FsmServer.Mood.BUSY;
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> fsm.posts() == 1);
      fsm.mood = FsmServer.Mood.WELL;
      Instant asked = Instant.now();
      awaitState("ACCEPTED");
      assertThat(Duration.between(asked, Instant.now())).isGreaterThan(Duration.ofMillis(1500));
    }
  }

  @Test
  void aHubThatDiesBetweenSendingAndMarkingSendsNoSecondOrder() throws Exception {
    notice("refrigerant_charge");
    Outbox dying;
    try (RunningOutbox running = new RunningOutbox(ACTING, "")) {
      dying =
          new Outbox(
              ACTING.jdbc,
              ACTING.transactions,
              ACTING.published::add,
              fsm.url(),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1));
    }
    OutboxEntry taken = dying.claim().get(0);
    post(taken);
    assertThat(state()).isEqualTo("SENDING");

    try (RunningOutbox next = new RunningOutbox(ACTING, fsm.url())) {
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void anOrderThatTheTechnicianCompletesEndsItsEventAndOneInProgressDoesNot() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
      fsm.progress("inProgress");
      awaitState("IN_PROGRESS");
      assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
      fsm.progress("completed");
      awaitState("COMPLETED");
      assertThat(statusOfEvent()).isEqualTo("resolved");
    }
    assertThat(fsm.posts()).isEqualTo(1);
  }

  @Test
  void withoutAnFsmActionsWait() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, "")) {
      notice("refrigerant_charge");
      assertThat(running.outbox.claim()).isEmpty();
    }
    assertThat(state()).isEqualTo("PLANNED");
  }

  @Test
  void noHeaderOfTheHubsOwnReachesTheFsm() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
    }
    assertThat(fsm.calls()).noneMatch(call -> call.startsWith("LEAK"));
  }

  private void post(OutboxEntry entry) throws Exception {
    java.net.http.HttpRequest request =
        java.net.http.HttpRequest.newBuilder(java.net.URI.create(fsm.url() + "/work-orders"))
            .header("Idempotency-Key", entry.idempotencyKey())
            .POST(
                java.net.http.HttpRequest.BodyPublishers.ofString(
                    "{\"externalIdentifier\":\"" + entry.externalIdentifier() + "\"}"))
            .build();
    java.net.http.HttpClient.newHttpClient()
        .send(request, java.net.http.HttpResponse.BodyHandlers.discarding());
  }

  private void notice(String family) {
    Instant now = Instant.now();
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.RAISE,
            device,
            "r-" + family.replace('_', '-'),
            family,
            "likely_failure",
            now,
            now));
  }

  private void awaitState(String wanted) {
    await().atMost(SOON).until(() -> state().equals(wanted));
  }

  private String state() {
    return text("select state from actions");
  }

  private String lastError() {
    return text("select last_error from actions limit 1");
  }

  private String lastErrors() {
    return text("select coalesce(string_agg(last_error, ' '), '') from actions");
  }

  private String statusOfEvent() {
    return TenantScope.call(tenant, () -> ACTING.events.list(EventQuery.newest(1)))
        .items()
        .get(0)
        .status();
  }

  private long attempts() {
    return count("select max(attempts) from actions");
  }

  private long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }

  private String text(String sql) {
    return TenantScope.call(
        tenant, () -> JdbcClient.create(ACTING.dataSource).sql(sql).query(String.class).single());
  }
}
