package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.rules.Detections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What policies lead to, on the database. */
class OrchestratorTest extends Orchestrating {
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
}
