package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.hub.rules.Detections;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A rule that runs on a gateway and in the hub, whose onsets differ by three seconds. */
class SharedEventsTest {
  private final EventStory story = new EventStory();

  @Test
  void whatAGatewayRaisedTheHubDoesNotRaiseAgain() {
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 3, 63);
    story.detect(Detection.Kind.ACTIVE, story.device, "r", "likely_failure", 3, 80);

    EventView event = story.only();
    assertThat(event.raises()).isEqualTo(1);
    assertThat(event.lastSeenAt()).isEqualTo(story.at(80));
    assertThat(story.timeline(event.id())).containsExactly("raised");
    assertThat(toldBy()).isEqualTo("GW-1 and the hub");
    assertThat(story.actions()).isEqualTo(1);

    story.clear(3, 90);
    assertThat(story.only().status()).isEqualTo("resolved");
  }

  @Test
  void whatTheHubRaisedAGatewayDoesNotRaiseAgain() {
    story.raise(0);
    gateway(Detection.Kind.RAISE, "likely_failure", -3, 1);
    assertThat(story.only().openedAt()).isEqualTo(story.at(0));
    assertThat(toldBy()).isEqualTo("GW-1 and the hub");
    assertThat(story.actions()).isEqualTo(1);

    gateway(Detection.Kind.CLEAR, "likely_failure", -2, 60);
    assertThat(story.only().resolvedAt()).isEqualTo(story.at(60));
  }

  @Test
  void whatTwoHubsSeeBeginAtDifferentReadingsIsOneEvent() {
    EventLog second = story.logBesideOthers();
    story.raise(0);
    second.record(detection(Detection.Kind.RAISE, "r", 20, 60));
    assertThat(story.only().raises()).isEqualTo(1);
    assertThat(story.actions()).isEqualTo(1);

    second.record(detection(Detection.Kind.CLEAR, "r", 20, 90));
    assertThat(story.only().resolvedAt()).isEqualTo(story.at(90));
    story.clear(0, 95);
    assertThat(story.only().resolvedAt()).isEqualTo(story.at(90));
  }

  @Test
  void aHubThatHangsAmidAnEventHasItsLocksForTenSecondsMore() {
    List<String> limits = new ArrayList<>();
    EventLog hub =
        story.logBesideOthers(
            new ActionPlanner() {
              @Override
              public int plan(RecordedEvent event) {
                limits.add(idleLimit());
                return 0;
              }

              @Override
              public void committed(String tenant) {
                // Nothing was planned.
              }
            });
    hub.record(detection(Detection.Kind.RAISE, "r", 0, 60));
    assertThat(limits).containsExactly("10s");
    assertThat(idleLimit()).as("of other transactions").isNotEqualTo("10s");
  }

  private static String idleLimit() {
    return EventStory.ACTING
        .jdbc
        .sql("show idle_in_transaction_session_timeout")
        .query(String.class)
        .single();
  }

  @Test
  void whatAGatewayHasEndedTheHubDoesNotRaiseOfEarlierReadings() {
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    gateway(Detection.Kind.CLEAR, "likely_failure", 0, 120);
    story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 3, 63);
    story.detect(Detection.Kind.ACTIVE, story.device, "r", "likely_failure", 3, 100);
    story.clear(3, 120);

    assertThat(story.only().status()).isEqualTo("resolved");
    assertThat(story.only().raises()).isEqualTo(1);
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void whatTheHubSeesAfterAGatewayEndedItIsTheSameEventOpenAgain() {
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    gateway(Detection.Kind.CLEAR, "likely_failure", 0, 120);
    story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 110, 170);
    assertThat(story.only().status()).isEqualTo("open");
    assertThat(story.only().raises()).isEqualTo(2);
    story.clear(110, 200);
    assertThat(story.only().status()).isEqualTo("resolved");
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void whatIsToldAgainChangesNothing() {
    for (int time = 0; time < 3; time++) {
      gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
      story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 3, 63);
    }
    for (int time = 0; time < 2; time++) {
      gateway(Detection.Kind.CLEAR, "likely_failure", 0, 120);
      gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    }
    EventView event = story.only();
    assertThat(story.timeline(event.id())).containsExactly("raised", "cleared");
    assertThat(event.flapping()).isFalse();
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void whatBothKnowByTheSameOnsetIsToldByBoth() {
    story.raise(0);
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 1);
    assertThat(story.only().raises()).isEqualTo(1);
    assertThat(toldBy()).isEqualTo("GW-1 and the hub");
  }

  @Test
  void whatGetsWorseOnTheGatewayAfterTheHubEndedItIsTheSameEventOpenAndWorse() {
    gateway(Detection.Kind.RAISE, "warning", 0, 60);
    story.detect(Detection.Kind.RAISE, story.device, "r", "warning", 3, 63);
    story.clear(3, 90);
    assertThat(story.only().active()).isFalse();

    for (int time = 0; time < 2; time++) {
      gateway(Detection.Kind.ESCALATE, "critical_fault", 0, 120);
    }
    EventView event = story.only();
    assertThat(event.status()).isEqualTo("open");
    assertThat(event.eventType()).isEqualTo("critical_fault");
    assertThat(event.raises()).isEqualTo(2);
    assertThat(story.timeline(event.id()))
        .containsExactly("raised", "cleared", "returned", "worsened");
    assertThat(toldBy()).isEqualTo("GW-1");
    assertThat(story.actions()).isEqualTo(1);

    story.clear(3, 90);
    assertThat(story.only().active()).isTrue();
    gateway(Detection.Kind.CLEAR, "critical_fault", 0, 200);
    gateway(Detection.Kind.ESCALATE, "critical_fault", 0, 120);
    assertThat(story.only().resolvedAt()).isEqualTo(story.at(200));
  }

  @Test
  void whatOneAloneTellsOfAgainTheOtherHasNotToldOf() {
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 3, 63);
    gateway(Detection.Kind.CLEAR, "likely_failure", 0, 90);

    gateway(Detection.Kind.RAISE, "likely_failure", 100, 110);
    assertThat(toldBy()).isEqualTo("GW-1");
    gateway(Detection.Kind.CLEAR, "likely_failure", 100, 120);

    story.detect(Detection.Kind.RAISE, story.device, "r", "likely_failure", 130, 140);
    assertThat(toldBy()).isEqualTo("GW-1 and the hub");
    assertThat(story.only().raises()).isEqualTo(3);
  }

  @Test
  void whatAGatewayTellsLateOfAnEarlierProblemIsAnEventOfItsOwn() {
    story.detect(Detection.Kind.RAISE, story.device, "r", "warning", 7_200, 7_200);
    gateway(Detection.Kind.RAISE, "warning", 0, 60);
    gateway(Detection.Kind.ESCALATE, "critical_fault", 0, 120);
    gateway(Detection.Kind.CLEAR, "critical_fault", 0, 300);

    EventView today = story.all().stream().filter(EventView::active).findFirst().orElseThrow();
    assertThat(today.openedAt()).isEqualTo(story.at(7_200));
    assertThat(today.eventType()).isEqualTo("warning");
    EventView late =
        story.all().stream().filter(event -> !event.active()).findFirst().orElseThrow();
    assertThat(late.openedAt()).isEqualTo(story.at(0));
    assertThat(late.resolvedAt()).isEqualTo(story.at(300));
    assertThat(late.eventType()).isEqualTo("critical_fault");
    assertThat(story.all()).hasSize(2);
  }

  @Test
  void whatIsToldLateLeavesTheNewestValue() {
    value(null, Detection.Kind.RAISE, 0, 10, 1);
    value(null, Detection.Kind.ACTIVE, 0, 100, 2);
    value("GW-1", Detection.Kind.RAISE, 3, 60, 3);
    assertThat(story.only().lastSeenAt()).isEqualTo(story.at(100));
    assertThat(story.only().value()).isEqualTo(2);
  }

  @Test
  void anEndOfAnEarlierRaiseThatComesLateEndsNothing() {
    story.raise(600);
    gateway(Detection.Kind.CLEAR, "likely_failure", 0, 300);
    assertThat(story.only().active()).isTrue();
  }

  @Test
  void whatTheHubHasNotNoticedItDoesNotEnd() {
    gateway(Detection.Kind.RAISE, "likely_failure", 0, 60);
    story.clear(3, 90);
    assertThat(story.only().active()).isTrue();
  }

  @Test
  void theOtherMayFindItWorse() {
    story.detect(Detection.Kind.RAISE, story.device, "r", "warning", 0, 0);
    gateway(Detection.Kind.ESCALATE, "critical_fault", -3, 30);
    EventView event = story.only();
    assertThat(event.eventType()).isEqualTo("critical_fault");
    assertThat(story.timeline(event.id())).containsExactly("raised", "worsened");
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void anotherOnsetInTheHubAloneIsAnotherEvent() {
    story.raise(0);
    story.raise(3);
    assertThat(story.all()).hasSize(2);
  }

  @Test
  void bothAtTheSameMomentMakeOneEvent() throws Exception {
    ExecutorService both = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 4; round++) {
        String rule = "r" + round;
        List<Callable<Void>> tellers =
            List.of(
                () -> {
                  story.detect(Detection.Kind.RAISE, story.device, rule, "likely_failure", 3, 63);
                  return null;
                },
                () -> {
                  story.log().recordFrom("GW-1", detection(Detection.Kind.RAISE, rule, 0, 60));
                  return null;
                });
        for (Future<Void> told : both.invokeAll(tellers)) {
          told.get();
        }
      }
    } finally {
      both.shutdown();
    }
    assertThat(story.all()).hasSize(4);
  }

  private void gateway(Detection.Kind kind, String type, int onset, int second) {
    story
        .log()
        .recordFrom(
            "GW-1",
            Detections.of(
                kind, story.device, "r", "refrigerant", type, story.at(onset), story.at(second)));
  }

  private void value(
      @Nullable String gateway, Detection.Kind kind, int onset, int second, double value) {
    Detection plain = detection(kind, "r", onset, second);
    Detection detection =
        new Detection(
            kind,
            plain.device(),
            plain.rule(),
            plain.onset(),
            plain.at(),
            new Finding("temperature", value, 0, "Cel", null));
    if (gateway == null) {
      story.log().record(detection);
    } else {
      story.log().recordFrom(gateway, detection);
    }
  }

  private Detection detection(Detection.Kind kind, String rule, int onset, int second) {
    return Detections.of(
        kind,
        story.device,
        rule,
        "refrigerant",
        "likely_failure",
        story.at(onset),
        story.at(second));
  }

  private String toldBy() {
    return story.as(
        () ->
            EventStory.ACTING
                .jdbc
                .sql(
                    "select (evidence ->> 'gateway') || case when evidence ->> 'hub' = 'true' then"
                        + " ' and the hub' else '' end from events")
                .query(String.class)
                .single());
  }
}
