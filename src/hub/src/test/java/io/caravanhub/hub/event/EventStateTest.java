package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.rules.Detections;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class EventStateTest {
  private final EventStory story = new EventStory();
  private final Events events = EventStory.ACTING.events;
  private UUID id;

  @BeforeEach
  void raise() {
    story.raise(0);
    id = story.only().id();
  }

  @Test
  void theDatabaseKnowsTheSameTransitions() {
    Set<String> java = new TreeSet<>();
    for (EventState from : EventState.values()) {
      from.next().forEach(to -> java.add(from.label() + " " + to.label()));
    }
    assertThat(
            TestDatabase.owner()
                .sql("select from_status || ' ' || to_status from event_transitions")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrderElementsOf(java);
  }

  @Test
  void whoeverWritesAnotherTransitionIsRefused() {
    story.as(() -> events.dismiss(id, "ann", null));
    assertThatThrownBy(
            () ->
                TestDatabase.owner()
                    .sql("update events set status = 'acknowledged' where id = ?")
                    .params(id)
                    .update())
        .hasMessageContaining("an event that is dismissed cannot become acknowledged");
  }

  @Test
  void aCommandThatItsStateForbidsSaysWhatIsAllowed() {
    story.as(() -> events.resolve(id, "ann", null));
    assertThatThrownBy(() -> story.as(() -> events.acknowledge(id, "ann")))
        .isInstanceOf(EventStateException.class)
        .hasMessage(
            "an event that is resolved cannot be told to acknowledge; it can be told to reopen,"
                + " note");
  }

  @Test
  void everyChangeIsALineOfItsTimelineWithWhoAndWhy() {
    story.as(() -> events.acknowledge(id, "ann", "seen"));
    story.as(() -> events.note(id, "ben", "called the site"));
    story.clear(0, 60);
    EventDetail detail = story.detail(id);
    assertThat(detail.timeline())
        .extracting(c -> c.actor() + " " + c.change() + " " + c.note())
        .containsExactly(
            "rule:r raised superheat 18.25 K",
            "ann acknowledged seen",
            "ben note called the site",
            "rule:r cleared null");
    assertThat(detail.event().status()).isEqualTo("resolved");
    assertThat(detail.event().active()).isFalse();
  }

  @Test
  void oneThatIsResolvedByHandIsActiveUntilItsSignalClears() {
    story.as(() -> events.resolve(id, "ann", "fixed"));
    assertThat(story.only().active()).isTrue();
    story.clear(0, 60);
    assertThat(story.only().active()).isFalse();
    assertThat(story.only().clearedAt()).isEqualTo(story.at(60));
  }

  @Test
  void dismissingAnEventCancelsWhatHasNotBeenSentUnlessAnotherAsksForIt() {
    story.detect(Detection.Kind.RAISE, story.device, "q", "likely_failure", 5, 5);
    UUID second = story.all().get(0).id();
    story.as(() -> events.dismiss(id, "ann", "false_alarm", null));
    assertThat(story.count("select count(*) from actions where state = 'PLANNED'")).isEqualTo(1);
    story.as(() -> events.dismiss(second, "ann", "false_alarm", null));
    assertThat(story.count("select count(*) from actions where state = 'CANCELLED'")).isEqualTo(1);
    assertThat(story.timeline(second)).containsExactly("raised", "dismissed", "cancelled");
  }

  @Test
  void dismissingAnEventCancelsAlsoWhatWasTriedAndCertainlyDidNotArrive() {
    actions("state = 'PLANNED', attempts = 2, last_error = 'no connection'");
    story.as(() -> events.dismiss(id, "ann", "false_alarm", null));
    assertThat(story.count("select count(*) from actions where state = 'CANCELLED'")).isEqualTo(1);
  }

  @Test
  void dismissingAnEventLeavesWhatMayHaveArrived() {
    actions("state = 'HELD', attempts = 2, last_error = 'it may have arrived'");
    story.as(() -> events.dismiss(id, "ann", "false_alarm", null));
    assertThat(story.count("select count(*) from actions where state = 'HELD'")).isEqualTo(1);
  }

  private void actions(String set) {
    TestDatabase.owner()
        .sql("update actions set " + set + " where tenant_id = ?")
        .params(story.tenant)
        .update();
  }

  @Test
  void whatWasRaisedForASignalThatDidNotClearClearsWithItWhoeverClosedIt() {
    UUID after =
        TestDatabase.owner()
            .sql(
                """
                insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, evidence, opened_at, last_seen_at)
                values (:tenant, 'not-cleared:' || :id, :device::uuid, 'completed-not-cleared', 'refrigerant', 'warning', 'low', 'm',
                        jsonb_build_object('after', :id), now(), now()) returning id
                """)
            .param("tenant", story.tenant)
            .param("id", id.toString())
            .param("device", story.device.id())
            .query(UUID.class)
            .single();
    story.as(() -> events.resolve(after, "ann", null));
    assertThat(story.detail(after).event().active()).isTrue();
    story.clear(0, 60);
    assertThat(story.detail(after).event().active()).isFalse();
    assertThat(story.detail(after).event().status()).isEqualTo("resolved");
  }

  @Test
  void anEventThatTheDatabaseGaveUpForAnotherIsRecordedAgain() {
    AtomicInteger asked = new AtomicInteger();
    ActionPlanner unlucky =
        new ActionPlanner() {
          @Override
          public int plan(RecordedEvent event) {
            if (asked.incrementAndGet() == 1) {
              throw new CannotAcquireLockException("deadlock detected");
            }
            return EventStory.ACTING.orchestrator.plan(event);
          }

          @Override
          public void committed(String tenant) {}
        };
    new EventLog(EventStory.ACTING.jdbc, EventStory.ACTING.transactions, unlucky, told -> {})
        .record(
            Detections.of(
                Detection.Kind.RAISE,
                story.device,
                "q",
                "other",
                "likely_failure",
                story.at(5),
                story.at(5)));
    assertThat(story.all()).hasSize(2);
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void anOrderThatTheFsmHasIsNotMovedWhileAnEventIsJoiningIt() throws Exception {
    actions("state = 'ACCEPTED'");
    CountDownLatch joined = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    EventLog log =
        new EventLog(
            EventStory.ACTING.jdbc,
            EventStory.ACTING.transactions,
            slow(joined, commit),
            told -> {});
    ExecutorService hubs = Executors.newFixedThreadPool(1);
    try {
      Future<?> raised =
          hubs.submit(
              () ->
                  log.record(
                      Detections.of(
                          Detection.Kind.RAISE,
                          story.device,
                          "q",
                          "refrigerant",
                          "likely_failure",
                          story.at(5),
                          story.at(5))));
      assertThat(joined.await(20, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(
              () ->
                  TestDatabase.owner()
                      .sql("select id from actions where tenant_id = ? for no key update nowait")
                      .params(story.tenant)
                      .query(UUID.class)
                      .list())
          .hasMessageContaining("could not obtain lock");
      commit.countDown();
      raised.get(20, TimeUnit.SECONDS);
    } finally {
      commit.countDown();
      hubs.shutdownNow();
    }
    assertThat(story.all().get(0).status()).isEqualTo("linked_to_work_order");
  }

  private static ActionPlanner slow(CountDownLatch joined, CountDownLatch commit) {
    return new ActionPlanner() {
      @Override
      public int plan(RecordedEvent event) {
        int planned = EventStory.ACTING.orchestrator.plan(event);
        joined.countDown();
        try {
          commit.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return planned;
      }

      @Override
      public void committed(String tenant) {}
    };
  }

  @Test
  void aProblemThatComesAfterAnotherWasDismissedHasAnActionOfItsOwn() {
    story.as(() -> events.dismiss(id, "ann", "false_alarm", null));
    story.detect(Detection.Kind.RAISE, story.device, "q", "critical_fault", 60, 60);
    assertThat(story.count("select count(*) from actions where state = 'CANCELLED'")).isEqualTo(1);
    assertThat(story.count("select count(*) from actions where state = 'PLANNED'")).isEqualTo(1);
  }

  @Test
  void whoDismissesWaitsForAnEventThatIsJoiningItsAction() throws Exception {
    story.detect(Detection.Kind.RAISE, story.device, "q", "warning", 5, 5);
    CountDownLatch joined = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    EventLog log =
        new EventLog(
            EventStory.ACTING.jdbc,
            EventStory.ACTING.transactions,
            slow(joined, commit),
            told -> {});
    ExecutorService hubs = Executors.newFixedThreadPool(2);
    try {
      Future<?> worse =
          hubs.submit(
              () ->
                  log.record(
                      Detections.of(
                          Detection.Kind.ESCALATE,
                          story.device,
                          "q",
                          "refrigerant",
                          "likely_failure",
                          story.at(5),
                          story.at(10))));
      assertThat(joined.await(20, TimeUnit.SECONDS)).isTrue();
      Future<?> dismissed = hubs.submit(() -> story.as(() -> events.dismiss(id, "ann", null)));
      await().atMost(Duration.ofSeconds(20)).until(() -> dismissed.isDone() || waiting());
      commit.countDown();
      worse.get(20, TimeUnit.SECONDS);
      dismissed.get(20, TimeUnit.SECONDS);
    } finally {
      hubs.shutdownNow();
    }
    assertThat(story.count("select count(*) from event_actions")).isEqualTo(2);
    assertThat(story.count("select count(*) from actions where state = 'PLANNED'")).isEqualTo(1);
  }

  private static boolean waiting() {
    return TestDatabase.owner()
        .sql(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query"
                + " like '%for no key update of a%')")
        .query(Boolean.class)
        .single();
  }

  @Test
  void oneThatIsReopenedIsOpenInItsProblemAgain() {
    story.as(() -> events.dismiss(id, "ann", "false_alarm", "wrong sensor"));
    assertThat(story.only().dismissReason()).isEqualTo("false_alarm");
    assertThat(story.count("select count(*) from problems where closed_at is null")).isZero();
    story.as(() -> events.reopen(id, "ben", null));
    assertThat(story.only().status()).isEqualTo("open");
    assertThat(story.only().closedAt()).isNull();
    assertThat(story.count("select count(*) from problems where closed_at is null")).isEqualTo(1);
  }

  @Test
  void oneThatIsReopenedAfterItsProblemCameBackJoinsThat() {
    story.as(() -> events.dismiss(id, "ann", null));
    story.clear(0, 10);
    story.raise(20);
    story.as(() -> events.reopen(id, "ann", null));
    assertThat(story.count("select count(distinct problem_id) from events")).isEqualTo(1);
  }

  @Test
  void aShelvedEventComesBackByItselfToWhereItWas() {
    story.as(() -> events.acknowledge(id, "ann"));
    story.as(
        () -> events.shelve(id, "ann", Instant.now().plus(Duration.ofHours(1)), "part ordered"));
    assertThat(story.only().status()).isEqualTo("shelved");
    story.tick();
    assertThat(story.only().status()).isEqualTo("shelved");
    timePasses();
    story.tick();
    assertThat(story.only().status()).isEqualTo("acknowledged");
    assertThat(story.timeline(id)).endsWith("shelved", "unshelved");
  }

  @Test
  void aShelvedEventThatClearedMeanwhileIsResolvedWhenItsTimeIsOver() {
    story.as(() -> events.shelve(id, "ann", Instant.now().plus(Duration.ofHours(1)), null));
    story.clear(0, 60);
    assertThat(story.only().status()).isEqualTo("shelved");
    timePasses();
    story.tick();
    assertThat(story.only().status()).isEqualTo("resolved");
  }

  @Test
  void whatWasNewOnTheShelfIsActedOnWhenItLeavesItActive() {
    story.as(() -> events.shelve(id, "ann", Instant.now().plus(Duration.ofHours(1)), null));
    story.clear(0, 10);
    story.raise(86_400);
    assertThat(story.count("select count(*) from events where suppressed = 'shelved'"))
        .isEqualTo(1);
    assertThat(story.actions()).isEqualTo(1);
    TestDatabase.owner()
        .sql("update actions set state = 'COMPLETED' where tenant_id = ?")
        .params(story.tenant)
        .update();
    timePasses();
    story.tick();
    assertThat(
            story.count("select count(*) from events where status = 'open' and suppressed is null"))
        .isEqualTo(1);
    assertThat(story.actions()).isEqualTo(2);
  }

  private void timePasses() {
    TestDatabase.owner()
        .sql("update events set shelved_until = now() where tenant_id = ? and status = 'shelved'")
        .params(story.tenant)
        .update();
  }
}
