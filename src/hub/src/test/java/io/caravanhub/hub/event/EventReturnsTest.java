package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.orchestration.HeldActions;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Signals that come back, soon, later, again and again, or after work was done. */
class EventReturnsTest {
  private final EventStory story = new EventStory();

  @Test
  void aSignalThatComesBackSoonIsTheSameEventOpenAgain() {
    story.raise(0);
    story.clear(0, 60);
    story.raise(120);
    EventView event = story.only();
    assertThat(event.status()).isEqualTo("open");
    assertThat(event.active()).isTrue();
    assertThat(event.raises()).isEqualTo(2);
    assertThat(story.timeline(event.id())).containsExactly("raised", "cleared", "returned");
    assertThat(story.actions()).isEqualTo(1);
    story.clear(120, 180);
    assertThat(story.only().status()).isEqualTo("resolved");
  }

  @Test
  void aReturnThatIsSaidTwiceCountsOnceAlsoAfterARestart() {
    story.raise(0);
    story.clear(0, 60);
    story.raise(120);
    story.raise(120);
    story.detect(Detection.Kind.ACTIVE, story.device, "r", "likely_failure", 0, 130);
    assertThat(story.only().raises()).isEqualTo(2);
    assertThat(story.only().lastSeenAt()).isEqualTo(story.at(130));
  }

  @Test
  void aClearOfTheEarlierRaiseThatIsToldLateClearsNothing() {
    story.raise(0);
    story.clear(0, 60);
    story.raise(120);
    story.clear(0, 61);
    assertThat(story.only().active()).isTrue();
    story.clear(0, 180);
    assertThat(story.only().status()).isEqualTo("resolved");
  }

  @Test
  void anEventThatComesBackAfterItsOrderWasAcceptedIsLinkedToIt() {
    story.raise(0);
    story.clear(0, 60);
    orders("ACCEPTED");
    story.raise(120);
    assertThat(story.only().status()).isEqualTo("linked_to_work_order");
  }

  @Test
  void aProblemThatComesBackAfterItsWorkWasCompletedIsANewJob() {
    story.raise(0);
    story.clear(0, 60);
    orders("COMPLETED");
    story.raise(3600);
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void whatIsRaisedBeforeTheCompletedWorkShowsJoinsItAndIsANewJobShouldItLast() {
    completed();
    story.detect(Detection.Kind.RAISE, story.device, "q", "likely_failure", 60, 60);
    assertThat(story.actions()).isEqualTo(1);
    assertThat(story.count("select count(*) from event_actions")).isEqualTo(2);
    assertThat(story.all().get(0).status()).isEqualTo("open");

    TestDatabase.owner()
        .sql(
            "update events set status = 'resolved', changed_by = 'fsm' where tenant_id = ? and"
                + " rule_id = 'r'")
        .params(story.tenant)
        .update();
    TestDatabase.owner()
        .sql("update policy_waits set due_at = now() where tenant_id = ?")
        .params(story.tenant)
        .update();
    new HeldActions(
            EventStory.ACTING.jdbc, EventStory.ACTING.transactions, EventStory.ACTING.orchestrator)
        .look();
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void whatIsWorseThanTheCompletedWorkWasForIsANewJob() {
    completed();
    story.detect(Detection.Kind.RAISE, story.device, "q", "critical_fault", 60, 60);
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void whatBecomesWorseAfterItsWorkWasCompletedIsANewJob() {
    completed();
    story.detect(Detection.Kind.ESCALATE, story.device, "r", "critical_fault", 0, 60);
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void whatComesBackAfterItsWorkWasCompletedIsANewJob() {
    completed();
    story.clear(0, 60);
    story.raise(120);
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void aSignalThatFlappedWithAnOrderIsActedOnWhenItHasKeptStill() {
    for (int round = 0; round < 4; round++) {
      story.raise(round * 10);
      if (round < 3) {
        story.clear(round * 10, round * 10 + 5);
      }
    }
    orders("ACCEPTED");
    TestDatabase.owner()
        .sql("update events set status = 'linked_to_work_order' where tenant_id = ?")
        .params(story.tenant)
        .update();
    assertThat(story.only().suppressed()).isEqualTo("flapping");
    keptStill();
    story.tick();
    assertThat(story.only().suppressed()).isNull();
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void whatFlappedBeforeItsWorkWasCompletedIsAJobWhenItComesBack() {
    for (int round = 0; round < 7; round++) {
      story.raise(round * 10);
      story.clear(round * 10, round * 10 + 5);
    }
    assertThat(story.only().flapping()).isTrue();
    orders("COMPLETED");
    TestDatabase.owner()
        .sql(
            "update events set status = 'resolved', changed_by = 'fsm' where tenant_id = ? and"
                + " status in ('open', 'linked_to_work_order')")
        .params(story.tenant)
        .update();
    story.raise(90);
    assertThat(story.all().get(0).suppressed()).isNull();
    assertThat(story.actions()).isEqualTo(2);
  }

  /** The first event has an order of hours ago that is completed, and its signal is not clear. */
  private void completed() {
    story.raise(0);
    orders("COMPLETED");
    TestDatabase.owner()
        .sql("update actions set created_at = now() - interval '5 hours' where tenant_id = ?")
        .params(story.tenant)
        .update();
    TestDatabase.owner()
        .sql("update events set status = 'linked_to_work_order' where tenant_id = ?")
        .params(story.tenant)
        .update();
  }

  private void orders(String state) {
    TestDatabase.owner()
        .sql("update actions set state = ?, updated_at = now() where tenant_id = ?")
        .params(state, story.tenant)
        .update();
  }

  @Test
  void aSignalThatComesBackLaterIsANewEventThatRecursFromIt() {
    story.raise(0);
    story.clear(0, 60);
    story.raise(3600);
    assertThat(story.all()).hasSize(2);
    EventView back = story.all().get(0);
    assertThat(back.recurrenceOf()).isEqualTo(story.all().get(1).id());
    assertThat(story.detail(back.id()).problem().recurrenceOf())
        .isEqualTo(story.all().get(1).problemId());
  }

  @Test
  void anEventThatPeopleClosedIsNotOpenedByItsSignal() {
    story.raise(0);
    UUID first = story.only().id();
    story.as(() -> EventStory.ACTING.events.resolve(first, "ann", null));
    story.clear(0, 60);
    story.raise(120);
    assertThat(story.all()).hasSize(2);
    assertThat(story.all().get(0).recurrenceOf()).isEqualTo(first);
  }

  @Test
  void aSignalThatFlapsIsOneEventWithoutFurtherActionsUntilItKeepsStill() {
    for (int round = 0; round < 6; round++) {
      story.raise(round * 600);
      story.clear(round * 600, round * 600 + 300);
    }
    assertThat(story.all()).hasSize(1);
    EventView event = story.only();
    assertThat(event.flapping()).isTrue();
    assertThat(event.status()).isEqualTo("open");
    assertThat(event.raises()).isEqualTo(6);
    assertThat(story.actions()).isEqualTo(1);
    assertThat(story.timeline(event.id())).doesNotContain("calm");
    keptStill();
    story.tick();
    assertThat(story.only().status()).isEqualTo("resolved");
    assertThat(story.only().flapping()).isFalse();
  }

  @Test
  void aSignalThatFlappedAndStaysIsActedOnWhenItHasKeptStill() {
    for (int round = 0; round < 4; round++) {
      detect(Detection.Kind.RAISE, "warning", round * 10, round * 10);
      if (round < 3) {
        detect(Detection.Kind.CLEAR, "warning", round * 10, round * 10 + 5);
      }
    }
    assertThat(story.only().suppressed()).isEqualTo("flapping");
    TestDatabase.owner()
        .sql("update events set event_type = 'likely_failure' where tenant_id = ?")
        .params(story.tenant)
        .update();
    keptStill();
    story.tick();
    assertThat(story.only().suppressed()).isNull();
    assertThat(story.only().status()).isEqualTo("open");
    assertThat(story.actions()).isEqualTo(1);
  }

  private void detect(Detection.Kind kind, String type, int onset, int second) {
    story.detect(kind, story.device, "r", type, onset, second);
  }

  private void keptStill() {
    TestDatabase.owner()
        .sql(
            "update event_signals set raised_at = raised_at - interval '1 day', cleared_at ="
                + " cleared_at - interval '1 day' where tenant_id = ?")
        .params(story.tenant)
        .update();
  }
}
