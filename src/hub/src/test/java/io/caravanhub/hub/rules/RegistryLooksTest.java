package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.StaticApplicationContext;

/** When rules read which devices a tenant has, and on which assets they are. */
class RegistryLooksTest {
  private static final Acting ACTING = new Acting();

  private final String tenant = TestDatabase.tenant();
  private final String other = TestDatabase.tenant();
  private final String device = TestDatabase.device(tenant, "D", "pump", "One");
  private final Reads reads = new Reads();
  private final SetClock clock = new SetClock(Instant.now());
  private final RuleBook none = new RuleBook(List.of());
  private final RuleEngine engine =
      new RuleEngine(() -> none, reads, clock, Duration.ofMinutes(10).toMillis());

  private List<String> readAfter(int seconds) {
    clock.set(clock.instant().plusSeconds(seconds));
    reads.of.clear();
    engine.watch();
    return List.copyOf(reads.of);
  }

  @Test
  void isReadOnceAndAgainOnlyWhereALinkHasBegunOrEnded() {
    assertThat(readAfter(0)).containsExactlyInAnyOrder(tenant, other);
    assertThat(readAfter(16)).isEmpty();

    for (String column : new String[] {"valid_to", "valid_from"}) {
      link(column);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isPast(column));
      assertThat(readAfter(3)).as("not asked so soon").isEmpty();
      assertThat(readAfter(16)).as(column).containsExactly(tenant);
      assertThat(readAfter(16)).isEmpty();
    }

    assertThat(readAfter(600)).containsExactlyInAnyOrder(tenant, other);
  }

  @Test
  void whatIsAnnouncedWhileItIsReadIsReadAgain() {
    reads.meanwhile = () -> engine.registryChanged(tenant);
    assertThat(readAfter(0)).containsExactlyInAnyOrder(tenant, other);
    reads.meanwhile = () -> {};

    assertThat(readAfter(3)).containsExactly(tenant);
    assertThat(readAfter(3)).isEmpty();
  }

  @Test
  void whatCouldNotBeReadIsReadAgain() {
    reads.meanwhile =
        () -> {
          throw new IllegalStateException("the database is away");
        };
    assertThatThrownBy(() -> readAfter(0)).isInstanceOf(IllegalStateException.class);
    reads.meanwhile = () -> {};

    assertThat(readAfter(3)).contains(tenant);
  }

  @Test
  void aRoundEndsWhereItIsWhenTheHubStops() {
    StaticApplicationContext hub = new StaticApplicationContext();
    reads.meanwhile = () -> engine.stops(new ContextClosedEvent(hub));

    assertThat(readAfter(0)).containsExactly(tenant);
  }

  /** Of which the column's time is in a moment, and the other's is not near. */
  private void link(String column) {
    TestDatabase.owner()
        .sql(
            """
            with made as (insert into assets (tenant_id, id, name) values (:tenant, :asset, 'A') returning id)
            insert into bindings (tenant_id, device_id, asset_id, role, valid_from, valid_to)
            select :tenant, cast(:device as uuid), id, 'secondary',
                   case when :column = 'valid_from' then now() + interval '0.2 s' else now() - interval '1 hour' end,
                   case when :column = 'valid_to' then now() + interval '0.2 s' end from made\
            """)
        .param("tenant", tenant)
        .param("asset", "A-" + column)
        .param("device", device)
        .param("column", column)
        .update();
  }

  private boolean isPast(String column) {
    return TestDatabase.owner()
        .sql(
            "select max(" + column + ") < now() from bindings where tenant_id = ? and asset_id = ?")
        .params(tenant, "A-" + column)
        .query(Boolean.class)
        .single();
  }

  /** Of these two tenants alone, noting whose devices are read. */
  private final class Reads extends DeviceHistory {
    private final List<String> of = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    Reads() {
      super(ACTING.jdbc);
    }

    @Override
    List<String> tenants() {
      return List.of(tenant, other);
    }

    @Override
    List<RuleDevice> devices(String read) {
      of.add(read);
      if (read.equals(tenant)) {
        meanwhile.run();
      }
      return super.devices(read);
    }
  }
}
