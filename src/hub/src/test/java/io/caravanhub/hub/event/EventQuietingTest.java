package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Storms and silent gateways: many events that one stands for. */
class EventQuietingTest {
  private final EventStory story = new EventStory();

  @Test
  void moreEventsThanPeopleCanLookAtAreOneStormAndNoneIsLost() {
    story.limits =
        new EventLimits(
            Duration.ofMinutes(5),
            50,
            Duration.ofHours(1),
            Duration.ofHours(1),
            5,
            5,
            Duration.ZERO);
    for (int n = 0; n < 12; n++) {
      RuleDevice device = story.device("D-" + n);
      story.detect(
          Detection.Kind.RAISE, device, "r", n == 11 ? "critical_fault" : "likely_failure", n, n);
    }
    assertThat(story.count("select count(*) from events where rule_id = 'event-storm'"))
        .isEqualTo(1);
    assertThat(story.count("select count(*) from events where rule_id = 'r'")).isEqualTo(12);
    assertThat(story.count("select count(*) from events where suppressed = 'storm'")).isEqualTo(7);
    assertThat(story.actions()).isEqualTo(5);
    UUID storm = storm();
    assertThat(story.detail(storm).childCount()).isEqualTo(7);
    TestDatabase.owner()
        .sql("update events set created_at = created_at - interval '2 minutes' where tenant_id = ?")
        .params(story.tenant)
        .update();
    story.tick();
    assertThat(story.detail(storm).event().status()).isEqualTo("resolved");
    assertThat(story.detail(storm).event().value()).isEqualTo(7);
    assertThat(story.actions()).isEqualTo(12);
  }

  @Test
  void criticalEventsAreActedOnInAStorm() {
    for (int n = 0; n < 6; n++) {
      story.detect(Detection.Kind.RAISE, story.device("D-" + n), "r", "likely_failure", n, n);
    }
    RuleDevice last = story.device("LAST");
    story.log().record(io.caravanhub.hub.rules.Detections.critical(last, "c", story.at(7)));
    EventView event = story.of(last);
    assertThat(event.parentId()).isEqualTo(storm());
    assertThat(event.suppressed()).isNull();
    assertThat(story.detail(event.id()).actions()).hasSize(1);
  }

  @Test
  void aGatewayOfWhichAllDevicesAreSilentStandsForThem() {
    RuleDevice first = behindGateway("A");
    RuleDevice second = behindGateway("B");
    story.silence(Detection.Kind.RAISE, first, 0, 600);
    assertThat(story.actions()).isEqualTo(1);
    story.silence(Detection.Kind.RAISE, second, 10, 610);
    EventView gateway =
        story.all().stream()
            .filter(e -> e.ruleId().equals("upstream-silent"))
            .findFirst()
            .orElseThrow();
    assertThat(gateway.assetId()).isEqualTo("gateway:GW");
    assertThat(byRule(second).suppressed()).isEqualTo("parent");
    assertThat(story.detail(gateway.id()).children()).hasSize(2);
    assertThat(story.actions()).isEqualTo(1);
    story.silence(Detection.Kind.CLEAR, first, 0, 700);
    assertThat(story.detail(gateway.id()).event().status()).isEqualTo("resolved");
    story.tick();
    assertThat(byRule(second).suppressed()).isNull();
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void devicesThatWereCaughtInAStormBeforeTheirGatewayWasFoundSilentBelongToIt() {
    RuleDevice[] devices = new RuleDevice[8];
    for (int n = 0; n < devices.length; n++) {
      devices[n] = behindGateway("G-" + n);
    }
    for (RuleDevice device : devices) {
      story.silence(Detection.Kind.RAISE, device, 0, 600);
    }
    assertThat(story.count("select count(*) from events where suppressed = 'storm'")).isZero();
    assertThat(story.count("select count(*) from events where suppressed = 'parent'")).isEqualTo(8);
    long before = story.actions();
    TestDatabase.owner()
        .sql("update events set created_at = created_at - interval '2 minutes' where tenant_id = ?")
        .params(story.tenant)
        .update();
    story.tick();
    story.tick();
    assertThat(story.actions()).isEqualTo(before);
  }

  @Test
  void whatAStormLetsGoStaysQuietWhileItsGatewayIsSilent() {
    RuleDevice first = behindGateway("A");
    RuleDevice second = behindGateway("B");
    story.silence(Detection.Kind.RAISE, first, 0, 600);
    story.silence(Detection.Kind.RAISE, second, 10, 610);
    UUID gateway = byRule(second).parentId();
    TestDatabase.owner()
        .sql("update events set suppressed = 'shelved', parent_id = null where id = ?")
        .params(byRule(second).id())
        .update();
    story.tick();
    assertThat(byRule(second).suppressed()).isEqualTo("parent");
    assertThat(byRule(second).parentId()).isEqualTo(gateway);
    assertThat(story.actions()).isEqualTo(1);
  }

  @Test
  void aGatewayWhoseSilencePeopleDismissedStandsForNothing() {
    RuleDevice first = behindGateway("A");
    RuleDevice second = behindGateway("B");
    story.silence(Detection.Kind.RAISE, first, 0, 600);
    story.silence(Detection.Kind.RAISE, second, 10, 610);
    UUID gateway = byRule(second).parentId();
    story.as(() -> EventStory.ACTING.events.dismiss(gateway, "ann", null));
    story.tick();
    assertThat(byRule(second).suppressed()).isNull();
    assertThat(story.actions()).isEqualTo(2);
  }

  @Test
  void aStormThatPeopleClosedEnds() {
    for (int n = 0; n < 6; n++) {
      story.detect(Detection.Kind.RAISE, story.device("D-" + n), "r", "warning", n, n);
    }
    UUID storm = storm();
    story.as(() -> EventStory.ACTING.events.dismiss(storm, "ann", null));
    TestDatabase.owner()
        .sql("update events set created_at = created_at - interval '2 minutes' where tenant_id = ?")
        .params(story.tenant)
        .update();
    story.tick();
    assertThat(story.detail(storm).event().active()).isFalse();
    assertThat(story.detail(storm).event().status()).isEqualTo("dismissed");
    assertThat(
            story.count(
                "select count(*) from event_signals s join events e on e.id = s.event_id where"
                    + " e.rule_id = 'event-storm' and s.cleared_at is null"))
        .isZero();
  }

  @Test
  void aGatewayWhoseSilencePeopleClosedIsHeardAgainAlsoOfAStorm() {
    RuleDevice first = behindGateway("A");
    RuleDevice second = behindGateway("B");
    story.silence(Detection.Kind.RAISE, first, 0, 600);
    story.silence(Detection.Kind.RAISE, second, 10, 610);
    UUID gateway = byRule(second).parentId();
    story.as(() -> EventStory.ACTING.events.resolve(gateway, "ann", null));
    TestDatabase.owner()
        .sql("update events set parent_id = null where tenant_id = ?")
        .params(story.tenant)
        .update();
    story.silence(Detection.Kind.CLEAR, first, 0, 700);
    assertThat(story.detail(gateway).event().active()).isFalse();
  }

  @Test
  void whatAnotherHubHasReleasedIsNotQuietAgain() throws Exception {
    story.raise(0);
    UUID event = story.only().id();
    TestDatabase.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
            values (?, 'storm', ?::uuid, 'site:', 'event-storm', 'storm', 'warning', 'high', 'storm', now(), now())
            """)
        .params(story.tenant, story.device.id())
        .update();
    TestDatabase.owner()
        .sql("update events set suppressed = 'shelved' where id = ?")
        .params(event)
        .update();
    try (Connection other = TestDatabase.connection();
        Statement release = other.createStatement()) {
      other.setAutoCommit(false);
      release.execute("update events set suppressed = null where id = '" + event + "'");
      Thread hub = new Thread(story::tick);
      hub.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> isWaitedFor(release));
      other.commit();
      hub.join();
    }
    assertThat(story.detail(event).event().suppressed()).isNull();
  }

  private static boolean isWaitedFor(Statement by) throws SQLException {
    try (ResultSet row =
        by.executeQuery(
            "select exists (select from pg_stat_activity where pg_backend_pid() = any"
                + " (pg_blocking_pids(pid)))")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  @Test
  void theSilenceOfADeviceBehindASilentGatewayJoinsIt() {
    RuleDevice parent = story.device("PARENT");
    RuleDevice part = story.device("PART");
    RuleDevice other = story.device("OTHER");
    for (RuleDevice virtual : new RuleDevice[] {part, other}) {
      TestDatabase.owner()
          .sql("update devices set parent_id = ?::uuid where id = ?::uuid")
          .params(parent.id(), virtual.id())
          .update();
      TestDatabase.store(virtual.id(), "temperature", Instant.now(), 20);
    }
    story.silence(Detection.Kind.RAISE, part, 0, 600);
    story.silence(Detection.Kind.RAISE, parent, 0, 605);
    assertThat(story.of(part).parentId()).isEqualTo(story.of(parent).id());
    story.silence(Detection.Kind.RAISE, other, 0, 610);
    assertThat(story.of(other).suppressed()).isEqualTo("parent");
    assertThat(story.all()).hasSize(3);
  }

  private RuleDevice behindGateway(String serial) {
    RuleDevice device = story.device(serial);
    TestDatabase.owner()
        .sql(
            """
            with gateway as (insert into gateways (tenant_id, serial, name) values (:tenant, 'GW', 'GW')
              on conflict (tenant_id, serial) do update set name = 'GW' returning id)
            update devices set gateway_id = (select id from gateway) where id = :device::uuid
            """)
        .param("tenant", story.tenant)
        .param("device", device.id())
        .update();
    TestDatabase.store(device.id(), "temperature", Instant.now(), 20);
    return device;
  }

  private EventView byRule(RuleDevice device) {
    return story.all().stream()
        .filter(e -> e.serial().equals(device.serial()) && e.ruleId().equals("silent-device"))
        .findFirst()
        .orElseThrow();
  }

  private UUID storm() {
    return story.all().stream()
        .filter(e -> e.ruleId().equals("event-storm"))
        .findFirst()
        .orElseThrow()
        .id();
  }
}
