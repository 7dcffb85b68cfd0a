package io.caravanhub.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PacerTest {
  private final Tally tally = new Tally();
  private final Offering offering = new Offering();
  private final List<LoadDevice> devices =
      Stream.of("A", "B", "C")
          .map(serial -> new LoadDevice(serial, "", System.currentTimeMillis()))
          .toList();

  @Test
  void messagesAreDueEvenlyUntilThePlanIsOver() {
    LoadPlan plan = new Plans().rate(100).seconds(10).plan();

    assertThat(plan.due(0)).isZero();
    assertThat(plan.due(2.5)).isEqualTo(250);
    assertThat(plan.due(10)).isEqualTo(1_000);
    assertThat(plan.due(99)).isEqualTo(1_000);
  }

  @Test
  void aBurstIsTwoSecondsOfEveryTenAtSeveralTimesTheRate() {
    LoadPlan plan = new Plans().rate(100).seconds(25).burst(4).plan();

    assertThat(plan.due(1)).isEqualTo(400);
    assertThat(plan.due(2)).isEqualTo(800);
    assertThat(plan.due(10)).isEqualTo(1_600);
    assertThat(plan.due(11)).isEqualTo(2_000);
    assertThat(plan.due(25)).isEqualTo(2_500 + 3 * 3 * 200);
  }

  @Test
  void withoutJitterDevicesTakeTurns() {
    Pacer pacer = pacer(new Plans().plan());

    assertThat(serials(pacer, 7)).containsExactly("A", "B", "C", "A", "B", "C", "A");
  }

  @Test
  void withJitterDevicesAreMixedAndNoMessageIsMoreOrLess() {
    Pacer pacer = pacer(new Plans().jitter(1).plan());

    List<String> serials = serials(pacer, 600);

    assertThat(serials.subList(0, 12))
        .isNotEqualTo(List.of("A", "B", "C", "A", "B", "C", "A", "B", "C", "A", "B", "C"));
    for (String serial : List.of("A", "B", "C")) {
      assertThat((double) serials.stream().filter(serial::equals).count())
          .isCloseTo(200, within(60.0));
    }
    assertThat(tally.offered.sum()).isEqualTo(600);
    assertThat(devices.stream().mapToInt(device -> device.ledger().size()).sum()).isEqualTo(600);
  }

  @Test
  void badMessagesAreCountedApartAndStandInNoLedger() {
    Pacer pacer = pacer(new Plans().bad(1).plan());

    Message message = pacer.next();
    message.settle(tally);

    assertThat(message.isBad()).isTrue();
    assertThat(tally.badOffered.sum()).isEqualTo(1);
    assertThat(tally.badSettled.sum()).isEqualTo(1);
    assertThat(tally.offered.sum() + tally.acknowledged.sum()).isZero();
    assertThat(devices.get(0).ledger().size()).isZero();
  }

  @Test
  void thePartThatIsFilledInIsAsLargeAsAsked() {
    Pacer pacer = pacer(new Plans().backfill(0.25).plan());
    long recent = System.currentTimeMillis() - 3_600_000;

    long old = 0;
    for (int i = 0; i < 1_000; i++) {
      Message message = pacer.next();
      old += message.device().ledger().timestamp(message.number()) < recent ? 1 : 0;
    }

    assertThat((double) old).isCloseTo(250, within(60.0));
  }

  @Test
  void whatIsHeldBackIsNotDueAnyMore() {
    long begun = System.nanoTime() - TimeUnit.SECONDS.toNanos(20);
    Pacer pacer =
        new Pacer(new Plans().rate(100).seconds(10).plan(), devices, tally, offering, begun);
    assertThat(pacer.due()).isEqualTo(1_000);
    assertThat(pacer.isOver()).isFalse();

    pacer.holdBack(1_000);

    assertThat(pacer.due()).isZero();
    assertThat(pacer.isOver()).isTrue();
    assertThat(tally.heldBack.sum()).isEqualTo(1_000);
    assertThat(tally.offered.sum()).isZero();
  }

  @Test
  void endedEarlyNothingIsDueAnyMore() {
    long begun = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
    Pacer pacer = new Pacer(new Plans().plan(), devices, tally, offering, begun);
    assertThat(pacer.due()).isPositive();

    offering.end();

    assertThat(pacer.due()).isZero();
    assertThat(pacer.isOver()).isTrue();
  }

  private Pacer pacer(LoadPlan plan) {
    return new Pacer(plan, devices, tally, offering, System.nanoTime());
  }

  private static List<String> serials(Pacer pacer, int count) {
    List<String> serials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      serials.add(pacer.next().device().serial());
    }
    return serials;
  }
}
