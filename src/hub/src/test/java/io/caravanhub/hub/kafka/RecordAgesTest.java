package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RecordAgesTest {
  private Instant now = Instant.parse("2026-01-01T00:01:00Z");

  private final RecordAges ages =
      new RecordAges(
          new Clock() {
            @Override
            public Instant instant() {
              return now;
            }

            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }
          });

  @Test
  void aBatchGrowsOldWhileItIsHeldStaysForAMomentWhenItIsDoneAndIsForgotten() {
    assertThat(ages.seconds("hub.raw")).isZero();
    long oldest = now.minusSeconds(2).toEpochMilli();
    ages.begins("hub.raw", oldest);
    assertThat(ages.seconds("hub.raw")).isEqualTo(2);
    assertThat(ages.seconds("hub.normalized")).isZero();
    later(7);
    ages.begins("hub.raw", oldest);
    assertThat(ages.seconds("hub.raw")).as("tried again").isEqualTo(9);
    ages.ends();
    later(10);
    assertThat(ages.seconds("hub.raw")).isEqualTo(9);
    later(1);
    assertThat(ages.seconds("hub.raw")).isZero();
  }

  @Test
  void aBatchOfOneConsumerDoesNotHideThatAnotherIsStuck() throws InterruptedException {
    ages.begins("hub.raw", now.minusSeconds(30).toEpochMilli());
    Thread other =
        new Thread(() -> ages.begins("hub.raw", now.minusSeconds(1).toEpochMilli()), "other");
    other.start();
    other.join();
    assertThat(ages.seconds("hub.raw")).isEqualTo(30);
  }

  @Test
  void whatAConsumerHadWhenItEndedIsNoLongerItsOwn() throws InterruptedException {
    Thread consumer =
        new Thread(() -> ages.begins("hub.raw", now.minusSeconds(30).toEpochMilli()), "ended");
    consumer.start();
    consumer.join();
    assertThat(ages.seconds("hub.raw")).isZero();
  }

  @Test
  void aClockBehindThatOfTheSenderMakesNoAge() {
    ages.begins("hub.raw", now.plusSeconds(3).toEpochMilli());
    assertThat(ages.seconds("hub.raw")).isZero();
  }

  private void later(int seconds) {
    now = now.plus(Duration.ofSeconds(seconds));
  }
}
