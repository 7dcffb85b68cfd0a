package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.event.EventQuery;
import io.caravanhub.hub.rules.Detections;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

class DeliveryTest {
  private static final Acting ACTING = new Acting();
  private static final Duration SOON = Duration.ofSeconds(30);

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
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    assertThat(fsm.calls()).contains("POST /work-orders");
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
  }

  @Test
  void anFsmThatIsDownGetsItsOrderOnceAfterwards() throws Exception {
    fsm.stop();
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void anAcceptedOrderThatCouldNotBeNotedIsLookedUpAndNotSentAgain() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> state().equals("UNKNOWN"));
      fsm.mood = FsmServer.Mood.WELL;
      awaitState("ACCEPTED");
    }
    assertThat(fsm.orders()).hasSize(1);
    // On a slow machine the second has stalled too.
    assertThat(fsm.posts()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aRefusedOrderIsDeadAtOnceAuditedAndLeavesTheBreakerClosed() throws Exception {
    fsm.mood = FsmServer.Mood.REFUSING;
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
      await().atMost(Duration.ofSeconds(30)).until(() -> fsm.orders().size() == 1);
    }
    assertThat(fsm.posts()).isEqualTo(13);
  }

  @Test
  void anOrderRefusedForGoodDoesNotStandInTheWayOfTheNextEventOfItsProblem() throws Exception {
    fsm.mood = FsmServer.Mood.REFUSING;
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      for (int n = 0; n < 20; n++) {
        notice("family_" + n);
      }
      await()
          .atMost(SOON)
          .until(() -> running.lines.line(tenant).orElseThrow().breaker().equals("OPEN"));
      fsm.mood = FsmServer.Mood.WELL;
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> count("select count(*) from actions where state = 'ACCEPTED'") == 20);
    }
    assertThat(fsm.orders()).hasSize(20);
    assertThat(count("select count(distinct fsm_id) from actions")).isEqualTo(20);
  }

  @Test
  void troubleIsLoggedWhenItBeginsAndWhenItEndsAndNotForEachCall() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(FsmLine.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    fsm.mood = FsmServer.Mood.BROKEN;
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      notice("refrigerant_charge");
      await().atMost(SOON).until(() -> fsm.posts() >= 3);
      fsm.mood = FsmServer.Mood.WELL;
      awaitState("ACCEPTED");
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(e -> e.getLevel() + " " + e.getFormattedMessage())
        .containsExactly(
            "WARN FSM " + fsm.url() + ": HTTP 500 {\"title\":\"out of order\"}",
            "INFO FSM " + fsm.url() + ": well again");
  }

  @Test
  void aBusyFsmIsLeftAloneForAsLongAsItAsks() throws Exception {
    fsm.mood = FsmServer.Mood.BUSY;
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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
    OutboxEntry taken;
    try (RunningOutbox dying = new RunningOutbox(ACTING, tenant, "")) {
      Outbox outbox =
          new Outbox(
              ACTING.jdbc,
              ACTING.transactions,
              ACTING.published::add,
              new FsmLines(
                  dying.rows,
                  new FsmProducts(TestDatabase.root().resolve("connectors")),
                  RunningOutbox.SETTINGS,
                  fsm.url(),
                  "default",
                  tenant,
                  700,
                  Duration.ZERO,
                  new FsmAddresses(true)),
              "hub-1",
              new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1)));
      taken = outbox.claim().get(0);
    }
    post(taken);
    assertThat(state()).isEqualTo("SENDING");

    try (RunningOutbox next = new RunningOutbox(ACTING, tenant, fsm.url())) {
      awaitState("ACCEPTED");
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders()).hasSize(1);
  }

  @Test
  void anOrderThatTheTechnicianCompletesEndsItsEventOnceTheSignalIsClear() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      Instant onset = notice("refrigerant_charge");
      awaitState("ACCEPTED");
      fsm.progress("inProgress");
      awaitState("IN_PROGRESS");
      assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
      fsm.progress("completed");
      awaitState("COMPLETED");
      assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
      clear("refrigerant_charge", onset);
      await().atMost(SOON).until(() -> statusOfEvent().equals("resolved"));
    }
    assertThat(fsm.posts()).isEqualTo(1);
  }

  @Test
  void aSignalThatWasClearBeforeTheWorkWasCompletedEndsItsEventThen() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      Instant onset = notice("refrigerant_charge");
      awaitState("ACCEPTED");
      clear("refrigerant_charge", onset);
      assertThat(statusOfEvent()).isEqualTo("linked_to_work_order");
      fsm.progress("completed");
      await().atMost(SOON).until(() -> statusOfEvent().equals("resolved"));
    }
  }

  @Test
  void aSignalThatDoesNotClearAfterTheWorkIsAnEventOfItsOwn() throws Exception {
    try (RunningOutbox running =
        new RunningOutbox(ACTING, tenant, fsm.url(), "hub-1", Duration.ofMillis(300))) {
      Instant onset = notice("refrigerant_charge");
      awaitState("ACCEPTED");
      fsm.progress("completed");
      await()
          .atMost(SOON)
          .until(
              () ->
                  count("select count(*) from events where rule_id = 'completed-not-cleared'")
                      == 1);
      clear("refrigerant_charge", onset);
      await()
          .atMost(SOON)
          .until(
              () ->
                  count(
                          "select count(*) from events where rule_id = 'completed-not-cleared' and"
                              + " status = 'resolved'")
                      == 1);
    }
    assertThat(text("select message from events where rule_id = 'completed-not-cleared'"))
        .contains("is completed, and yet: superheat");
    assertThat(text("select status from events where rule_id <> 'completed-not-cleared'"))
        .isEqualTo("resolved");
    assertThat(fsm.posts()).isEqualTo(1);
  }

  @Test
  void anOrderThatIsOpenedAgainIsUnderWayAgain() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
      fsm.progress("held");
      awaitState("ON_HOLD");
      fsm.progress("cancelled");
      awaitState("CANCELLED");
      assertThat(statusOfEvent()).isEqualTo("resolved");
    }
  }

  @Test
  void theNextEventOfTheProblemIsAppendedToItsOrderOnceAndMakesItMoreUrgent() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      notice("refrigerant_charge");
      awaitState("ACCEPTED");
      notice("refrigerant_charge", "critical_fault");
      await()
          .atMost(SOON)
          .until(() -> fsm.orders().get(0).path("description").asText().contains("event:"));
      await()
          .atMost(SOON)
          .until(() -> count("select count(*) from event_actions where told_at is null") == 0);
    }
    assertThat(fsm.posts()).isEqualTo(1);
    assertThat(fsm.orders().get(0).path("priority").asInt()).isEqualTo(1);
    assertThat(fsm.calls().stream().filter(c -> c.startsWith("PATCH"))).hasSize(1);
  }

  @Test
  void actionsOfOneAssetGoOutInTheirOrder() throws Exception {
    fsm.mood = FsmServer.Mood.BUSY;
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      for (int n = 0; n < 5; n++) {
        notice("family_" + n);
      }
      await().atMost(SOON).until(() -> fsm.posts() >= 1);
      assertThat(count("select count(*) from actions where attempts > 0")).isEqualTo(1);
      fsm.mood = FsmServer.Mood.WELL;
      await().atMost(SOON).until(() -> fsm.orders().size() == 5);
    }
    assertThat(
            text(
                "select string_agg(family, ' ' order by (substring(fsm_id from 4))::int) from"
                    + " actions"))
        .isEqualTo("family_0 family_1 family_2 family_3 family_4");
  }

  @Test
  void withoutAnFsmActionsWait() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, "")) {
      notice("refrigerant_charge");
      assertThat(running.outbox.claim()).isEmpty();
    }
    assertThat(state()).isEqualTo("PLANNED");
  }

  @Test
  void noHeaderOfTheHubsOwnReachesTheFsm() throws Exception {
    try (RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
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

  private Instant notice(String family) {
    return notice(family, "likely_failure");
  }

  private Instant notice(String family, String type) {
    Instant now = Instant.now();
    record(Detection.Kind.RAISE, family, type, now);
    return now;
  }

  private void clear(String family, Instant onset) {
    record(Detection.Kind.CLEAR, family, "likely_failure", onset);
  }

  private void record(Detection.Kind kind, String family, String type, Instant onset) {
    ACTING.eventLog.record(
        Detections.of(
            kind,
            device,
            "r-" + type.charAt(0) + "-" + family.replace('_', '-'),
            family,
            type,
            onset,
            Instant.now()));
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
