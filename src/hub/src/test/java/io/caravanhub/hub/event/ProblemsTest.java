package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.rules.Detections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private static final Acting ACTING = new Acting();
  private static final Instant ONSET = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final List<RecordedEvent> planned = new ArrayList<>();
  private String tenant;
  private RuleDevice device;
  private EventLog log;

  @BeforeEach
  void takeATenant() {
    tenant = TestDatabase.tenant();
    device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), "roof-9");
    log =
        new EventLog(
            ACTING.jdbc,
            ACTING.transactions,
            new ActionPlanner() {
              @Override
              public int plan(RecordedEvent event) {
                planned.add(event);
                return 0;
              }

              @Override
              public void committed(String of) {}
            },
            event -> {});
  }

  @Test
  void eventsOfOneAssetAndFamilyAreOneProblemFromTheFirstOnset() {
    raise("a", "f", 0);
    raise("b", "f", 60);
    raise("c", "g", 90);
    assertThat(planned)
        .extracting(e -> e.problem().windowStart())
        .containsExactly(at(0), at(0), at(90));
    assertThat(planned.get(0).problem()).isEqualTo(planned.get(1).problem());
    assertThat(planned.get(0).problem().asset()).isEqualTo("roof-9");
    assertThat(planned.get(2).problem().family()).isEqualTo("g");
  }

  @Test
  void aProblemIsClosedWithItsLastEventAndComesBackAsItsRecurrence() {
    raise("a", "f", 0);
    raise("b", "f", 10);
    clear("a", "f", 0, 20);
    assertThat(open()).isEqualTo(1);
    clear("b", "f", 10, 30);
    assertThat(open()).isZero();
    raise("a", "f", 86_400);
    assertThat(open()).isEqualTo(1);
    RecordedEvent back = planned.get(2);
    assertThat(back.problem().id()).isNotEqualTo(planned.get(0).problem().id());
    assertThat(back.problem().recurrenceOf()).isEqualTo(planned.get(0).problem().id());
    assertThat(back.recurrenceOf()).isEqualTo(planned.get(0).id());
  }

  @Test
  void hubsThatRaiseAtOnceEndUpInOneProblem() throws Exception {
    int hubs = 4;
    CyclicBarrier barrier = new CyclicBarrier(hubs);
    ExecutorService threads = Executors.newFixedThreadPool(hubs);
    try {
      for (int round = 0; round < 5; round++) {
        String family = "f" + round;
        List<Future<?>> all = new ArrayList<>();
        for (int hub = 0; hub < hubs; hub++) {
          String rule = family + "-" + hub;
          EventLog other = new Acting().eventLog;
          all.add(
              threads.submit(
                  () -> {
                    barrier.await(20, TimeUnit.SECONDS);
                    other.record(detection(Detection.Kind.RAISE, rule, family, 0, 0));
                    return null;
                  }));
        }
        for (Future<?> one : all) {
          one.get(20, TimeUnit.SECONDS);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(count("select count(*) from events")).isEqualTo(20);
    assertThat(count("select count(*) from problems")).isEqualTo(5);
    assertThat(count("select min(events) from problems")).isEqualTo(4);
    assertThat(count("select count(*) from actions")).isEqualTo(5);
  }

  @Test
  void hubsThatNoticeOneReturnAtOnceMakeNoSecondEvent() throws Exception {
    int hubs = 4;
    CyclicBarrier barrier = new CyclicBarrier(hubs);
    ExecutorService threads = Executors.newFixedThreadPool(hubs);
    try {
      for (int round = 0; round < 5; round++) {
        String rule = "back-" + round;
        raise(rule, rule, 0);
        clear(rule, rule, 0, 60);
        List<Future<?>> all = new ArrayList<>();
        for (int hub = 0; hub < hubs; hub++) {
          EventLog other = new Acting().eventLog;
          all.add(
              threads.submit(
                  () -> {
                    barrier.await(20, TimeUnit.SECONDS);
                    other.record(detection(Detection.Kind.RAISE, rule, rule, 120, 120));
                    return null;
                  }));
        }
        for (Future<?> one : all) {
          one.get(20, TimeUnit.SECONDS);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(count("select count(*) from events")).isEqualTo(5);
    assertThat(count("select count(*) from events where raises = 2")).isEqualTo(5);
  }

  private void raise(String rule, String family, int second) {
    log.record(detection(Detection.Kind.RAISE, rule, family, second, second));
  }

  private void clear(String rule, String family, int onset, int second) {
    log.record(detection(Detection.Kind.CLEAR, rule, family, onset, second));
  }

  private Detection detection(Detection.Kind kind, String rule, String family, int onset, int at) {
    return Detections.of(kind, device, rule, family, "likely_failure", at(onset), at(at));
  }

  private static Instant at(int second) {
    return ONSET.plusSeconds(second);
  }

  private long open() {
    return count("select count(*) from problems where closed_at is null");
  }

  private long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }
}
