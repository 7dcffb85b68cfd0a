package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.lease.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
  private Instant now = START;
  private RuleEngine watching;

  @BeforeEach
  void watch() throws Exception {
    Files.writeString(
        folder.resolve("r.yaml"),
        "rules: [{id: r, when: {silent_for: PT60S}, event: {type: warning, severity: high, family: f, message: m}}]");
    RuleLibrary library = new RuleLibrary(folder.toString(), ACTING.jdbc);
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    watching =
        new RuleEngine(
            library::book,
            new DeviceHistory(ACTING.jdbc),
            clock,
            0,
            () -> Lease.always("silence"),
            () -> false);
  }

  /** By another hub, which stores it. */
  private void says(int second) {
    TestDatabase.store(device, "superheat", START.plusSeconds(second), 20);
  }

  private List<Detection.Kind> seenAt(int second) {
    now = START.plusSeconds(second);
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
}
