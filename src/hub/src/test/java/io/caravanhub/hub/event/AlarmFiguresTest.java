package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hundred minutes with alarms that were counted by hand. */
class AlarmFiguresTest {
  private final EventStory story = new EventStory();
  private Instant from;
  private Instant to;

  @BeforeEach
  void wide() {
    story.limits =
        new EventLimits(
            Duration.ZERO,
            1000,
            Duration.ofHours(1),
            Duration.ofHours(1),
            1000,
            1000,
            Duration.ZERO);
    from = story.at(0);
    to = story.at(6000);
  }

  @Test
  void ratesPeaksAndFloodsAreOfStretchesOfTenMinutes() {
    // 2 in the first ten minutes, 12 in the fourth, 11 in the fifth, 1 in the tenth: 26 in 100
    // minutes.
    raise(2, 0);
    raise(12, 1800);
    raise(11, 2400);
    raise(1, 5999);
    AlarmPerformance figures = figures();
    assertThat(figures.alarms()).isEqualTo(26);
    assertThat(figures.rate().perHour()).isEqualTo(15.6);
    assertThat(figures.rate().perTenMinutes()).isEqualTo(2.6);
    assertThat(figures.rate().peakPerTenMinutes()).isEqualTo(12);
    assertThat(figures.rate().peakAt()).isEqualTo(story.at(1800));
    assertThat(figures.floods().count()).isEqualTo(1);
    assertThat(figures.floods().percentOfTime()).isEqualTo(20);
  }

  @Test
  void threeRaisesWithinAMinuteChatterAndFourInTwoMinutesDoNot() {
    for (int second : new int[] {0, 25, 59}) {
      blink("fast", second);
    }
    for (int second : new int[] {0, 40, 80, 120}) {
      blink("slow", second);
    }
    assertThat(figures().chattering())
        .extracting(f -> f.rule() + " " + f.count())
        .containsExactly("fast 3");
    assertThat(figures().topTen())
        .extracting(f -> f.rule() + " " + f.count() + " " + f.percent())
        .containsExactly("slow 4 57.143", "fast 3 42.857");
  }

  @Test
  void whatIsActiveForMoreThanADayIsStale() {
    story.detect(Detection.Kind.RAISE, story.device, "old", "warning", -90_000, -90_000);
    story.detect(Detection.Kind.RAISE, story.device, "young", "warning", -60_000, -60_000);
    story.detect(Detection.Kind.RAISE, story.device, "over", "warning", -95_000, -95_000);
    story.detect(Detection.Kind.CLEAR, story.device, "over", "warning", -95_000, -80_000);
    AlarmPerformance figures = story.as(() -> reader().of(story.at(-100_000), story.at(0)));
    assertThat(figures.stale())
        .extracting(s -> s.rule() + " " + s.hours())
        .containsExactly("old 25.0");
  }

  @Test
  void prioritiesAreSetBesideThoseOfTheStandard() {
    raise(20, 0);
    severity("low", 10);
    severity("medium", 6);
    severity("critical", 1);
    assertThat(figures().priorities())
        .extracting(
            p -> p.priority() + " " + p.count() + " " + p.percent() + " " + p.targetPercent())
        .containsExactly("low 10 50.0 80.0", "medium 6 30.0 15.0", "high 4 20.0 5.0");
  }

  @Test
  void aRuleHasItsJobsAndHowManyWereSentForNothing() {
    // Four jobs on four assets: one dismissed as false, one as known, one cancelled, one worked on.
    for (int n = 0; n < 4; n++) {
      story.detect(
          Detection.Kind.RAISE, story.device("J-" + n), "r", "likely_failure", 10 + n, 10 + n);
    }
    story.detect(Detection.Kind.RAISE, story.device, "r", "warning", 20, 20);
    TestDatabase.owner()
        .sql("update actions set state = 'ACCEPTED', fsm_id = 'WO' where tenant_id = ?")
        .params(story.tenant)
        .update();
    dismiss("J-0", "false_alarm");
    dismiss("J-1", "known");
    cancelJobOf("J-2");
    TestDatabase.owner()
        .sql(
            "update events set acknowledged_at = created_at + case when dismiss_reason = 'known'"
                + " then interval '90 seconds' else interval '30 seconds' end where tenant_id = ?"
                + " and acknowledged_at is not null")
        .params(story.tenant)
        .update();
    RuleFigures figures = story.as(() -> reader().ofRule("r", from, to));
    assertThat(figures).isEqualTo(new RuleFigures("r", 5, 5, 4, 2, 2, 0.5, 60.0));
    assertThat(story.as(() -> reader().ofRule("none", from, to)).falseDispatchRate()).isNull();
  }

  private void raise(int count, int second) {
    for (int n = 0; n < count; n++) {
      blink("r" + n, second);
    }
  }

  private void blink(String rule, int second) {
    story.detect(Detection.Kind.RAISE, story.device, rule, "warning", second, second);
    story.detect(Detection.Kind.CLEAR, story.device, rule, "warning", second, second);
  }

  private void severity(String severity, int count) {
    TestDatabase.owner()
        .sql(
            "update events set severity = ? where id in (select id from events where tenant_id = ?"
                + " and severity = 'high' order by id limit ?)")
        .params(severity, story.tenant, count)
        .update();
  }

  private void dismiss(String serial, String reason) {
    UUID id = event(serial).id();
    story.as(() -> EventStory.ACTING.events.dismiss(id, "ann", reason, null));
  }

  private void cancelJobOf(String serial) {
    TestDatabase.owner()
        .sql("update actions set state = 'CANCELLED' where event_id = ?")
        .params(event(serial).id())
        .update();
  }

  private EventView event(String serial) {
    return story.all().stream().filter(e -> e.serial().equals(serial)).findFirst().orElseThrow();
  }

  private static AlarmFigures reader() {
    return new AlarmFigures(EventStory.ACTING.jdbc);
  }

  private AlarmPerformance figures() {
    return story.as(() -> reader().of(from, to));
  }
}
