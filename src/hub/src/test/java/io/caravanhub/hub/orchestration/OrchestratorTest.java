package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.rules.Detections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What policies lead to, on the database. */
class OrchestratorTest {
  private static final Acting ACTING = new Acting();
  private static final HeldActions HELD =
      new HeldActions(ACTING.jdbc, ACTING.transactions, ACTING.orchestrator);
  private static final String YESTERDAY =
      Instant.now()
          .minus(1, ChronoUnit.DAYS)
          .atZone(ZoneOffset.UTC)
          .getDayOfWeek()
          .getDisplayName(TextStyle.SHORT, Locale.ENGLISH)
          .toLowerCase(Locale.ROOT);

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private String tenant;
  private RuleDevice device;

  @BeforeEach
  void takeATenant() {
    tenant = TestDatabase.tenant();
    device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), "roof-9");
  }

  @AfterEach
  void leaveNothingToDo() {
    TestDatabase.owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .param(tenant)
        .update();
  }

  @Test
  void theDefaultsMakeOrdersOfFailuresATaskOfMaintenanceAndNothingOfAWarning() {
    raise("a", "likely_failure", now);
    raise("b", "critical_fault", now);
    raise("c", "maintenance_due", now);
    raise("d", "warning", now);
    assertThat(actions())
        .containsExactlyInAnyOrder(
            "a work_order PLANNED", "b work_order PLANNED", "c task PLANNED");
    assertThat(summary("a")).startsWith("By the policy likely-failure: work order CH-");
    assertThat(summary("d")).isEqualTo("No policy asks for an action; 4 were looked at.");
  }

  @Test
  void anExplanationTellsOfEachPolicyWhyOrWhyNot() {
    raise("a", "likely_failure", now);
    String policies = text("select policies::text from event_explanations");
    assertThat(policies)
        .contains("its type is likely_failure, not critical_fault")
        .contains("its severity is high, not low or medium")
        .contains("{\"policy\": \"likely-failure\", \"reason\": \"\", \"matched\": true}");
  }

  @Test
  void aSecondEventJoinsTheActionThatIsThereAndSaysSo() {
    raise("a", "likely_failure", now);
    raise("a", "critical_fault", now.plusSeconds(5));
    assertThat(actions()).containsExactly("a work_order PLANNED");
    assertThat(text("select payload #>> '{action,priority}' from actions")).isEqualTo("1");
    assertThat(text("select summary from event_explanations order by id desc limit 1"))
        .contains("it joins the work order CH-")
        .contains("which now has priority 1");
  }

  @Test
  void maintenanceThatIsDueAgainIsAnotherTaskAlthoughNobodySaidTheFirstIsDone() {
    raise("a", "maintenance_due", now.minus(Duration.ofDays(90)));
    as(
        () ->
            ACTING
                .jdbc
                .sql(
                    "update actions set state = 'ACCEPTED', created_at = now() - interval '90"
                        + " days'")
                .update());
    raise("b", "maintenance_due", now);
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.CLEAR,
            device,
            "r-a-maintenance-due",
            "a",
            "maintenance_due",
            now.minus(Duration.ofDays(90)),
            now.minus(Duration.ofDays(80))));
    raise("a", "maintenance_due", now);
    assertThat(actions()).containsExactly("a task ACCEPTED", "b task PLANNED", "a task PLANNED");
  }

  @Test
  void outsideWorkingHoursAnActionIsHeldUntilTheNextOpeningAndGoesOutByItself() {
    closedToday();
    policy(
        "{id: later, when: {event_type: warning}, then: [{kind: work_order, outside_hours:"
            + " hold}]}");
    raise("a", "warning", now);
    assertThat(actions()).containsExactly("a work_order HELD");
    assertThat(text("select last_error from actions"))
        .contains("it is outside working hours, until");
    assertThat(
            text("select (held_until > now() and next_attempt_at = held_until)::text from actions"))
        .isEqualTo("true");
    HELD.look();
    assertThat(actions()).containsExactly("a work_order HELD");

    as(() -> ACTING.jdbc.sql("update actions set held_until = now()").update());
    HELD.look();
    assertThat(actions()).containsExactly("a work_order PLANNED");
  }

  @Test
  void anUrgentEventSendsTheActionThatWasHeldForMilderOnes() {
    closedToday();
    policy(
        "{id: later, when: {event_type: warning}, then: [{kind: work_order, outside_hours: hold,"
            + " priority: 4}]}");
    raise("a", "warning", now);
    raise("a", "critical_fault", now.plusSeconds(1));
    assertThat(actions()).containsExactly("a work_order PLANNED");
    assertThat(text("select payload #>> '{action,priority}' from actions")).isEqualTo("1");
  }

  @Test
  void outsideWorkingHoursAnOrderMayBecomeATask() {
    closedToday();
    policy(
        "{id: less, when: {event_type: warning}, then: [{kind: work_order, priority: 2,"
            + " outside_hours: downgrade, downgrade_to: {kind: task}}]}");
    raise("a", "warning", now);
    assertThat(actions()).containsExactly("a task PLANNED");
    assertThat(summary("a")).contains("therefore only a task of priority 3");
  }

  @Test
  void beyondALimitAnActionWaitsForAPersonAndIsExplained() {
    book("limits", "[{kind: work_order, per: asset, most: 2}]");
    for (String family : List.of("a", "b", "c")) {
      raise(family, "critical_fault", now);
    }
    assertThat(actions())
        .containsExactlyInAnyOrder(
            "a work_order PLANNED", "b work_order PLANNED", "c work_order HELD");
    assertThat(summary("c"))
        .contains(
            "the limit of 2 work orders a day for an asset is reached, so a person has to release"
                + " it");
    HELD.look();
    assertThat(actions()).contains("c work_order HELD");
  }

  @Test
  void aPolicyMayWantAnEventToComeTheThirdTime() {
    policy(
        "{id: third, when: {event_type: warning, recurrence: {times: 3, within: P7D}}, then:"
            + " [{kind: task}]}");
    raise("a", "warning", now.minus(Duration.ofDays(9)));
    raise("a", "warning", now.minus(Duration.ofDays(2)));
    raise("a", "warning", now.minus(Duration.ofDays(1)));
    assertThat(actions()).isEmpty();
    raise("a", "warning", now);
    assertThat(actions()).containsExactly("a task PLANNED");
  }

  @Test
  void aPolicyMayWantAnEventToLastAndLooksAgainThen() {
    policy("{id: lasts, when: {event_type: warning, active_for: PT10M}, then: [{kind: task}]}");
    raise("a", "warning", now);
    raise("b", "warning", now);
    assertThat(actions()).isEmpty();
    assertThat(summary("a")).startsWith("The policy lasts waits until the event has lasted");
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.CLEAR, device, "r-b-warning", "b", "warning", now, now.plusSeconds(60)));
    as(
        () ->
            ACTING
                .jdbc
                .sql("update events set opened_at = opened_at - interval '11 minutes'")
                .update());
    as(() -> ACTING.jdbc.sql("update policy_waits set due_at = now()").update());
    HELD.look();
    assertThat(actions()).containsExactly("a task PLANNED");
    assertThat(text("select cause from event_explanations order by id desc limit 1"))
        .isEqualTo("waited");
  }

  @Test
  void anEventThatIsOnTheShelfWhenAPolicyLooksAgainIsNotForgotten() {
    policy("{id: lasts, when: {event_type: warning, active_for: PT10M}, then: [{kind: task}]}");
    raise("a", "warning", now);
    UUID id = as(() -> ACTING.jdbc.sql("select id from events").query(UUID.class).single());
    as(() -> ACTING.events.shelve(id, "ann", Instant.now().plusSeconds(3600), null));
    lasted();
    HELD.look();
    assertThat(actions()).isEmpty();
    as(() -> ACTING.events.unshelve(id, "ann", null));
    lasted();
    HELD.look();
    assertThat(actions()).containsExactly("a task PLANNED");
  }

  @Test
  void anEventThatIsBeingDismissedWhenAPolicyLooksAgainIsNoJob() throws Exception {
    policy("{id: lasts, when: {event_type: warning, active_for: PT10M}, then: [{kind: task}]}");
    raise("a", "warning", now);
    lasted();
    try (Connection person = TestDatabase.connection();
        Statement dismiss = person.createStatement()) {
      person.setAutoCommit(false);
      dismiss.execute("update events set status = 'dismissed' where tenant_id = '" + tenant + "'");
      HELD.look();
      assertThat(actions()).isEmpty();
      person.commit();
    }
    HELD.look();
    assertThat(actions()).isEmpty();
    assertThat(text("select count(*)::text from policy_waits")).isEqualTo("0");
  }

  @Test
  void aTaskThatIsDoneTakesInWhatIsRaisedWhileItsProblemIsThere() {
    raise("a", "maintenance_due", now);
    as(
        () ->
            ACTING.jdbc.sql("update actions set state = 'COMPLETED', updated_at = now()").update());
    ACTING.eventLog.record(
        Detections.of(Detection.Kind.RAISE, device, "r-other", "a", "maintenance_due", now, now));
    assertThat(actions()).containsExactly("a task COMPLETED");
  }

  @Test
  void howOftenAnEventCameIsAskedOfAnIndexUnderRowLevelSecurity() throws Exception {
    List<String> plan = new ArrayList<>();
    try (Connection owner = TestDatabase.connection();
        Statement sql = owner.createStatement()) {
      owner.setAutoCommit(false);
      sql.execute(
          """
          insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, status, message, opened_at, last_seen_at)
          select '%s', 'k' || n, '%s', 'asset-' || n, 'r', 'a', 'warning', 'low', 'resolved', 'm', now() - n * interval '1 minute', now()
            from generate_series(1, 1000) n
          """
              .formatted(tenant, device.id()));
      sql.execute("analyze events");
      sql.execute("set local role hub_app");
      sql.execute("select set_config('hub.tenant', '" + tenant + "', true)");
      String query =
          Occasions.OCCURRENCES
              .replace(":asset", "'asset-7'")
              .replace(":family", "'a'")
              .replace(":from", "now() - interval '1 day'")
              .replace(":to", "now()")
              .replace(":self", "null");
      try (ResultSet rows = sql.executeQuery("explain " + query)) {
        while (rows.next()) {
          plan.add(rows.getString(1));
        }
      }
      owner.rollback();
    }
    assertThat(plan).anyMatch(line -> line.contains("Index Cond") && line.contains("asset_key ="));
  }

  @Test
  void anEventThatCannotBePlannedDoesNotKeepTheOthersWaiting() {
    HeldActions held =
        new HeldActions(
            ACTING.jdbc,
            ACTING.transactions,
            new Orchestrator(
                ACTING.jdbc,
                ACTING.policies,
                (event, announcement) -> {
                  throw new IllegalStateException("no way");
                },
                told -> {},
                ""));
    policy("{id: fails, when: {family: a, active_for: PT10M}, then: [{kind: notification}]}");
    policy("{id: lasts, when: {family: b, active_for: PT10M}, then: [{kind: task}]}");
    raise("a", "warning", now);
    raise("b", "warning", now.plusSeconds(1));
    lasted();
    TestDatabase.owner()
        .sql(
            "update policy_waits set due_at = now() - interval '1 hour' where tenant_id = ? and"
                + " policy_id = 'fails'")
        .param(tenant)
        .update();
    held.look();
    assertThat(actions()).containsExactly("b task PLANNED");
    assertThat(text("select count(*)::text from policy_waits where due_at > now()")).isEqualTo("1");
  }

  @Test
  void anActionThatMayHaveArrivedOrThatAPersonHoldsIsNotSentByAJoiningEvent() {
    raise("a", "likely_failure", now);
    heldForConfidence(1);
    raise("a", "critical_fault", now.plusSeconds(5));
    assertThat(actions()).containsExactly("a work_order HELD");
    heldForConfidence(0);
    ACTING.eventLog.record(
        Detections.of(Detection.Kind.RAISE, device, "r-again", "a", "critical_fault", now, now));
    assertThat(actions()).containsExactly("a work_order PLANNED");
    assertThat(text("select (payload #> '{action,heldFor}' is null)::text from actions"))
        .isEqualTo("true");
  }

  private void heldForConfidence(int attempts) {
    TestDatabase.owner()
        .sql(
            "update actions set state = 'HELD', attempts = ?, payload = jsonb_set(payload,"
                + " '{action,heldFor}', '\"confidence\"') where tenant_id = ?")
        .params(attempts, tenant)
        .update();
  }

  private void lasted() {
    TestDatabase.owner()
        .sql("update events set opened_at = opened_at - interval '11 minutes' where tenant_id = ?")
        .param(tenant)
        .update();
    TestDatabase.owner()
        .sql("update policy_waits set due_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
  }

  @Test
  void aPolicyOfTheTenantTakesThePlaceOfTheDefaultOfItsId() {
    policy("{id: critical-fault, enabled: false, then: []}");
    raise("a", "critical_fault", now);
    assertThat(actions()).isEmpty();
  }

  @Test
  void anOrderHasTheTextsChecklistRiskAndServiceLevelOfItsPolicy() {
    TestDatabase.owner()
        .sql(
            "insert into assets (tenant_id, id, name, customer, metadata) values (?, 'roof-9',"
                + " 'Roof nine', 'Acme', '{\"sla_tier\": \"gold\", \"criticality\": 5}')")
        .param(tenant)
        .update();
    book("sla", "{gold: {respond: PT2H, complete: PT6H, raise_priority: 1}}");
    policy(
        """
        id: own
        when: {event_type: warning, scope: {sla_tier: gold, customer: [Acme]}}
        then:
          - {kind: work_order, title: "{asset}: {message}", checklist: ["Isolate {device}", "Measure {metric}"], complete_within: PT48H}
        """);
    raise("a", "warning", now);
    assertThat(
            text(
                "select concat_ws('|', payload #>> '{action,title}', payload #>>"
                    + " '{action,checklist,1}', payload #>> '{action,priority}') from actions"))
        .isEqualTo("Roof nine: superheat 18.25 K|Measure superheat|1");
    assertThat(
            text(
                "select ((payload #>> '{action,requestedCompletion}')::timestamptz < now() +"
                    + " interval '7 hours')::text from actions"))
        .isEqualTo("true");
    assertThat(summary("a")).contains("the service level gold makes it priority 1");
  }

  @Test
  void aDraftQuoteHasTheLinesOfRepairAndReplacementAndSaysWhich() {
    TestDatabase.owner()
        .sql(
            "insert into assets (tenant_id, id, name, metadata) values (?, 'roof-9', 'Roof nine',"
                + " '{\"installed\": \"2001\"}')")
        .param(tenant)
        .update();
    book(
        "prices",
        """
        currency: EUR
        labour_hour: 90
        travel: 50
        parts: {N1: {name: Filter, price: 12.50}}
        jobs:
          - id: roof
            family: a
            hours: 3
            replacement: {description: New unit, price: 8000, hours: 8, life_years: 15}
        """);
    policy("{id: quote, when: {event_type: warning}, then: [{kind: quote}]}");
    raise("a", "warning", now);
    assertThat(
            text(
                "select concat_ws('|', payload #>> '{action,quote,repair}', payload #>>"
                    + " '{action,quote,replace}', payload #>> '{action,quote,recommended}') from"
                    + " actions"))
        .isEqualTo("345.00|8770.00|replace");
    assertThat(
            text("select jsonb_array_length(payload #> '{action,quote,lines}')::text from actions"))
        .isEqualTo("6");
  }

  @Test
  void partsAreAskedForFirstAndThenOrdered() {
    policy(
        "{id: parts, when: {event_type: warning}, then: [{kind: parts}, {kind: activity, role:"
            + " planner}, {kind: webhook}]}");
    raise("a", "warning", now);
    assertThat(text("select string_agg(kind, ' ' order by created_at) from actions"))
        .isEqualTo("parts_check parts_order activity");
    assertThat(summary("a")).contains("webhook: event.raised: nobody is told");
  }

  @Test
  void twoHubsThatPlanAtOnceMakeOneOrder() throws Exception {
    Acting other = new Acting();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> done = new java.util.ArrayList<>();
    for (int n = 0; n < 16; n++) {
      Acting hub = n % 2 == 0 ? ACTING : other;
      Detection detection =
          Detections.of(Detection.Kind.RAISE, device, "r-" + n, "a", "critical_fault", now, now);
      done.add(
          threads.submit(
              () -> {
                go.await();
                hub.eventLog.record(detection);
                return null;
              }));
    }
    go.countDown();
    for (Future<?> one : done) {
      one.get();
    }
    threads.shutdown();
    assertThat(actions()).containsExactly("a work_order PLANNED");
    assertThat(text("select count(*)::text from event_actions")).isEqualTo("16");
    assertThat(text("select count(distinct event_id)::text from event_explanations"))
        .isEqualTo("16");
  }

  @Test
  void noEventIsWithoutAnExplanationWhoeverRecordsIt() {
    TestDatabase.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
            values (?, 'k', ?::uuid, 'completed-not-cleared', 'f', 'warning', 'low', 'm', now(), now())
            """)
        .params(tenant, device.id())
        .update();
    assertThat(text("select summary from event_explanations"))
        .startsWith("No policy was asked: it tells that work is completed");
  }

  private void raise(String family, String type, Instant onset) {
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.RAISE,
            device,
            "r-" + family + "-" + type.replace('_', '-'),
            family,
            type,
            onset,
            onset));
  }

  /** Working hours on another day of the week only. */
  private void closedToday() {
    book("calendar", "{zone: UTC, hours: {" + YESTERDAY + ": '00:00-24:00'}}");
  }

  private void policy(String yaml) {
    Policy policy = PolicyReader.single(yaml);
    put(
        "insert into policies (id, tenant_id, definition) values ('"
            + policy.id()
            + "', ?, ?::jsonb)",
        policy.written());
  }

  private void book(String name, String yaml) {
    put(
        "insert into policy_books (name, tenant_id, version, definition, author) values ('"
            + name
            + "', ?, 1, ?::jsonb, '')",
        io.caravanhub.core.rule.YamlField.parse(yaml).plain());
  }

  private void put(String sql, Object definition) {
    try {
      String json =
          new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(definition);
      TestDatabase.owner().sql(sql).params(tenant, json).update();
      ACTING.policies.refresh();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> actions() {
    return as(
        () ->
            ACTING
                .jdbc
                .sql(
                    "select family || ' ' || kind || ' ' || state from actions order by created_at")
                .query(String.class)
                .list());
  }

  private String summary(String family) {
    return as(
        () ->
            ACTING
                .jdbc
                .sql(
                    "select x.summary from event_explanations x join events e on e.id = x.event_id"
                        + " where e.family = ? order by x.id desc limit 1")
                .param(family)
                .query(String.class)
                .single());
  }

  private String text(String sql) {
    return as(() -> ACTING.jdbc.sql(sql).query(String.class).single());
  }

  private <T> T as(Supplier<T> work) {
    return TenantScope.call(tenant, work);
  }
}
