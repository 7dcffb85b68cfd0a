package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.lease.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device whose messages come to one hub, and the hub that says which devices are silent. */
class SharedSilenceTest {
  private static final Acting ACTING = new Acting();
  private static final Instant START =
      Instant.now().minusSeconds(7200).truncatedTo(ChronoUnit.SECONDS);

  @TempDir Path folder;
  private final String tenant = TestDatabase.tenant();
  private final String device = TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One");
  private final SetClock clock = new SetClock(START);
  private RuleEngine watching;
  private RuleLibrary library;

  @BeforeEach
  void watch() throws Exception {
    Files.writeString(
        folder.resolve("r.yaml"),
        "rules: [{id: r, when: {silent_for: PT60S}, event: {type: warning, severity: high, family:"
            + " f, message: m}}]");
    library = new RuleLibrary(folder.toString(), ACTING.jdbc);
    watching = hub(new DeviceHistory(ACTING.jdbc));
  }

  /** One that holds the lease from now on, on a database that others are on, too. */
  private RuleEngine hub(DeviceHistory history) {
    return new RuleEngine(
        library::book, history, clock, 0, () -> Lease.always("silence"), () -> false, false);
  }

  /** By another hub, which stores it. */
  private void says(int second) {
    TestDatabase.store(device, "superheat", START.plusSeconds(second), 20);
  }

  private List<Detection.Kind> seenAt(int second) {
    clock.set(START.plusSeconds(second));
    List<Detection> found =
        watching.watch().stream().filter(one -> one.tenant().equals(tenant)).toList();
    ACTING.eventLog.recordAll(found);
    return found.stream().map(Detection::kind).toList();
  }

  @Test
  void isSilentWhenItSaysNothingToAnyHubAndNotAnyMoreWhenItSpeaksToAnother() {
    says(0);
    assertThat(seenAt(10)).isEmpty();
    says(50);
    assertThat(seenAt(100)).as("it spoke to another hub").isEmpty();
    assertThat(seenAt(200)).containsExactly(Detection.Kind.RAISE);
    assertThat(seenAt(203)).isEmpty();
    says(205);
    assertThat(seenAt(216)).containsExactly(Detection.Kind.CLEAR);
    assertThat(seenAt(219)).isEmpty();
  }

  @Test
  void whoHasTheLeaseNextKnowsWhatIsRaisedAndClearsIt() {
    says(0);
    RuleEngine next = hub(new DeviceHistory(ACTING.jdbc));
    clock.set(START.plusSeconds(10));
    next.watch();
    assertThat(seenAt(100)).containsExactly(Detection.Kind.RAISE);
    watching = next;
    assertThat(seenAt(110)).containsExactly(Detection.Kind.ACTIVE);
    assertThat(events()).isEqualTo(1);
    says(115);
    assertThat(seenAt(121)).containsExactly(Detection.Kind.CLEAR);
    assertThat(events()).isEqualTo(1);
  }

  @Test
  void aDeviceThatHasOnlyEverSpokenToAnotherHubIsMissed() {
    assertThat(seenAt(0)).isEmpty();
    says(5);
    assertThat(seenAt(15)).isEmpty();
    assertThat(seenAt(100)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void theStoreIsAskedOfAThousandSilentDevicesAtOnce() {
    int devices = Integer.getInteger("silent.devices", 1_001);
    says(0);
    TestDatabase.owner()
        .sql(
            """
            with made as (
              insert into devices (tenant_id, serial, device_type, manufacturer, model, connection_type)
              select :tenant, 'S' || n, 'meter', 'Acme', 'One', 'mqtt' from generate_series(2, :devices) n returning key),
            series as (
              select made.key, m.id from made, metrics m
               where m.tenant_id is null and m.key in ('superheat', 'temperature', 'pressure', 'flow')),
            noted as (insert into telemetry_series select * from series)
            insert into telemetry (device_id, metric_id, ts, value) select key, id, :ts, 1 from series
            """)
        .param("tenant", tenant)
        .param("devices", devices)
        .param("ts", Timestamp.from(START))
        .update();
    Asked asked = new Asked();
    watching = hub(asked);
    assertThat(seenAt(1)).isEmpty();
    assertThat(asked.rebuilt).hasValue(devices);
    // Nothing is recorded here, so that there is nothing to clear either.
    clock.set(START.plusSeconds(100));
    assertThat(mine(watching.watch())).hasSize(devices);
    asked.begin();
    for (int second = 103; second < 163; second += 3) {
      clock.set(START.plusSeconds(second));
      mine(watching.watch());
    }
    assertThat(asked.rebuilt).as("nothing is new").hasValue(0);
    assertThat(asked.asked).hasValue(5 * ((devices + 999) / 1_000));
    says(164);
    clock.set(START.plusSeconds(175));
    assertThat(mine(watching.watch()))
        .filteredOn(one -> one.kind() == Detection.Kind.CLEAR)
        .isEmpty();
    assertThat(asked.rebuilt).as("the one that spoke").hasValue(1);
  }

  private List<Detection> mine(List<Detection> found) {
    return found.stream().filter(one -> one.tenant().equals(tenant)).toList();
  }

  private long events() {
    return TestDatabase.count(ACTING.dataSource, tenant, "select count(*) from events");
  }

  /** Counts what the tenant's devices ask of the store. */
  private final class Asked extends DeviceHistory {
    private final AtomicInteger rebuilt = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    Asked() {
      super(ACTING.jdbc);
    }

    void begin() {
      rebuilt.set(0);
      asked.set(0);
    }

    @Override
    List<String> tenants() {
      return List.of(tenant);
    }

    @Override
    DevicePast past(RuleDevice device) {
      rebuilt.incrementAndGet();
      return super.past(device);
    }

    @Override
    Map<String, Long> heardSince(String of, Map<String, Long> known) {
      asked.incrementAndGet();
      return super.heardSince(of, known);
    }
  }
}
