package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Finding;
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

/** A tenant with devices whose rules notice things, in seconds from now. */
final class EventStory {
  static final Acting ACTING = new Acting();

  final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  final String tenant = TestDatabase.tenant();
  final RuleDevice device = device("RTU-9");
  EventLimits limits =
      new EventLimits(
          Duration.ofMinutes(5), 3, Duration.ofHours(1), Duration.ofHours(1), 5, 5, Duration.ZERO);

  RuleDevice device(String serial) {
    String id = TestDatabase.device(tenant, serial, "rooftop_unit", "One");
    return new RuleDevice(tenant, id, serial, "rooftop_unit", "Acme", "One", "asset-of-" + serial);
  }

  EventLog log() {
    return new EventLog(
        ACTING.jdbc, ACTING.transactions, ACTING.orchestrator, ACTING.published::add, limits);
  }

  /** Of a hub on the same database as others. */
  EventLog logBesideOthers() {
    return logBesideOthers(ACTING.orchestrator);
  }

  EventLog logBesideOthers(ActionPlanner planner) {
    return new EventLog(
        ACTING.jdbc, ACTING.transactions, planner, ACTING.published::add, limits, () -> false);
  }

  void tick() {
    new EventClock(
            ACTING.jdbc, ACTING.transactions, ACTING.orchestrator, ACTING.published::add, limits)
        .tick();
  }

  void raise(int second) {
    detect(Detection.Kind.RAISE, device, "r", "likely_failure", second, second);
  }

  void clear(int onset, int second) {
    detect(Detection.Kind.CLEAR, device, "r", "likely_failure", onset, second);
  }

  void detect(Detection.Kind kind, RuleDevice of, String rule, String type, int onset, int second) {
    log().record(Detections.of(kind, of, rule, "refrigerant", type, at(onset), at(second)));
  }

  /** The device says nothing, or speaks again. */
  void silence(Detection.Kind kind, RuleDevice of, int onset, int second) {
    log()
        .record(
            new Detection(
                kind,
                of,
                Detections.silent("silent-device"),
                at(onset),
                at(second),
                new Finding(null, 600, 600, "s", null)));
  }

  Instant at(int second) {
    return start.plusSeconds(second);
  }

  List<EventView> all() {
    return as(() -> ACTING.events.list(EventQuery.newest(100))).items();
  }

  EventView only() {
    List<EventView> all = all();
    if (all.size() != 1) {
      throw new AssertionError("expected one event, got " + all);
    }
    return all.get(0);
  }

  EventView of(RuleDevice one) {
    return all().stream().filter(e -> e.serial().equals(one.serial())).findFirst().orElseThrow();
  }

  EventDetail detail(UUID id) {
    return as(() -> new EventDetails(ACTING.jdbc).find(id)).orElseThrow();
  }

  List<String> timeline(UUID id) {
    return detail(id).timeline().stream().map(EventDetail.Change::change).toList();
  }

  long actions() {
    return count("select count(*) from actions");
  }

  <T> T as(Supplier<T> work) {
    return TenantScope.call(tenant, work);
  }

  long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }
}
