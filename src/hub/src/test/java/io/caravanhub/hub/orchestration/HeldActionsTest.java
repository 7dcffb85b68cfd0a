package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.rules.Detections;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What waits before it becomes an action, on the database. */
class HeldActionsTest extends Orchestrating {
  private static final HeldActions HELD =
      new HeldActions(ACTING.jdbc, ACTING.transactions, ACTING.orchestrator);
  private static final String YESTERDAY =
      Instant.now()
          .minus(1, ChronoUnit.DAYS)
          .atZone(ZoneOffset.UTC)
          .getDayOfWeek()
          .getDisplayName(TextStyle.SHORT, Locale.ENGLISH)
          .toLowerCase(Locale.ROOT);

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

  /** Working hours on another day of the week only. */
  private void closedToday() {
    book("calendar", "{zone: UTC, hours: {" + YESTERDAY + ": '00:00-24:00'}}");
  }
}
