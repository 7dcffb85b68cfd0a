package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.rules.Detections;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final Acting ACTING = new Acting();
  private static final Instant ONSET = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private String tenant;
  private RuleDevice device;

  @BeforeEach
  void takeATenant() {
    tenant = TestDatabase.tenant();
    device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), "roof-9");
  }

  @Test
  void anEventAndItsWorkOrderAreRecordedTogetherAndOnce() {
    record(Detection.Kind.RAISE, "r", 0);
    record(Detection.Kind.RAISE, "r", 5);
    record(Detection.Kind.ACTIVE, "r", 20);
    EventView event = only();
    assertThat(event.status()).isEqualTo("open");
    assertThat(event.message()).isEqualTo("superheat 18.25 K");
    assertThat(event.lastSeenAt()).isEqualTo(ONSET.plusSeconds(20));
    assertThat(count("select count(*) from actions where state = 'PLANNED'")).isEqualTo(1);
  }

  @Test
  void aRefreshThatFindsNoEventRecordsIt() {
    record(Detection.Kind.ACTIVE, "r", 20);
    assertThat(only().openedAt()).isEqualTo(ONSET);
  }

  @Test
  void relatedEventsOfOneAssetShareOneWorkOrder() {
    record(Detection.Kind.RAISE, "first", 0);
    record(Detection.Kind.RAISE, "second", 10);
    assertThat(count("select count(*) from events")).isEqualTo(2);
    assertThat(count("select count(*) from actions")).isEqualTo(1);
    assertThat(count("select count(*) from event_actions")).isEqualTo(2);
  }

  @Test
  void aProblemThatComesBackWhileItsWorkOrderIsOpenJoinsItEvenDaysLater() {
    record(Detection.Kind.RAISE, "r", 0);
    record(Detection.Kind.CLEAR, "r", 60);
    record(Detection.Kind.RAISE, "r", 3 * 86_400, 3 * 86_400);
    assertThat(count("select count(*) from events")).isEqualTo(2);
    assertThat(count("select count(*) from actions")).isEqualTo(1);
  }

  @Test
  void anotherFamilyIsAnotherWorkOrder() {
    record(Detection.Kind.RAISE, "r", 0);
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.RAISE, device, "q", "bearing", "critical_fault", ONSET, ONSET));
    assertThat(count("select count(*) from actions")).isEqualTo(2);
  }

  @Test
  void aWarningCallsForNoWorkOrder() {
    ACTING.eventLog.record(
        Detections.of(Detection.Kind.RAISE, device, "r", "f", "warning", ONSET, ONSET));
    assertThat(count("select count(*) from actions")).isZero();
  }

  @Test
  void aClearedEventIsResolvedAndALinkedOneKeepsItsLink() {
    record(Detection.Kind.RAISE, "r", 0);
    record(Detection.Kind.CLEAR, "r", 60);
    assertThat(only().status()).isEqualTo("resolved");
    assertThat(only().resolvedAt()).isEqualTo(ONSET.plusSeconds(60));
  }

  @Test
  void peopleAcknowledgeDismissAndShelveAndItIsAudited() {
    record(Detection.Kind.RAISE, "r", 0);
    UUID id = only().id();
    assertThat(as(() -> ACTING.events.acknowledge(id, "ann")).status()).isEqualTo("acknowledged");
    assertThatThrownBy(() -> as(() -> ACTING.events.acknowledge(id, "ann")))
        .isInstanceOf(EventStateException.class);
    Instant until = Instant.now().plus(Duration.ofHours(1));
    assertThat(as(() -> ACTING.events.shelve(id, "ann", until, "known")).shelvedUntil())
        .isNotNull();
    assertThat(as(() -> ACTING.events.dismiss(id, "ann", "no")).status()).isEqualTo("dismissed");
    assertThat(count("select count(*) from audit where actor = 'ann'")).isEqualTo(3);
  }

  @Test
  void whileARuleIsShelvedOnADeviceItsNewEventsCallForNothing() {
    ACTING.eventLog.record(
        Detections.of(Detection.Kind.RAISE, device, "r", "f", "warning", ONSET, ONSET));
    Instant until = Instant.now().plus(Duration.ofHours(1));
    UUID id = only().id();
    as(() -> ACTING.events.shelve(id, "ann", until, null));
    record(Detection.Kind.RAISE, "r", 100, 100);
    assertThat(count("select count(*) from actions")).isZero();
    assertThat(count("select count(*) from events where shelved_until is not null")).isEqualTo(2);
  }

  @Test
  void listsGoOnWhereTheirCursorPoints() {
    for (int second = 0; second < 5; second++) {
      record(Detection.Kind.RAISE, "r", second, second);
    }
    EventPage first = as(() -> ACTING.events.list(EventQuery.newest(3)));
    EventPage second = as(() -> ACTING.events.list(EventQuery.newest(3).from(first.cursor())));
    assertThat(first.items()).hasSize(3);
    assertThat(second.items()).hasSize(2);
    assertThat(second.cursor()).isNull();
    assertThat(second.items()).doesNotContainAnyElementsOf(first.items());
  }

  @Test
  void anotherTenantSeesNothingOfIt() {
    record(Detection.Kind.RAISE, "r", 0);
    assertThat(
            TestDatabase.count(
                ACTING.dataSource,
                "default",
                "select count(*) from events where tenant_id <> 'default'"))
        .isZero();
  }

  private void record(Detection.Kind kind, String rule, int second) {
    record(kind, rule, 0, second);
  }

  private void record(Detection.Kind kind, String rule, int onset, int second) {
    ACTING.eventLog.record(
        Detections.of(
            kind,
            device,
            rule,
            "refrigerant_charge",
            "likely_failure",
            ONSET.plusSeconds(onset),
            ONSET.plusSeconds(second)));
  }

  private EventView only() {
    List<EventView> all = as(() -> ACTING.events.list(EventQuery.newest(10))).items();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private <T> T as(Supplier<T> work) {
    return TenantScope.call(tenant, work);
  }

  private long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }
}
