package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.connector.Leases.Turn;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose turn it is, on the schema as Flyway lays it. */
class TurnsTest {
  private final String tenant = TestDatabase.tenant();
  private final JdbcClient app = JdbcClient.create(TestDatabase.app());
  private final Leases one = leases();
  private final Leases other = leases();

  private Leases leases() {
    return new Leases(
        app,
        new ConnectionRows(app, new ObjectMapper()),
        UUID.randomUUID().toString(),
        Duration.ofMinutes(2));
  }

  private void due(String oem, int many) {
    TestDatabase.owner()
        .sql(
            """
            insert into connections (tenant_id, oem, name, kind, state, next_poll_at)
            select :tenant, :oem, i::text, 'poll', 'enabled', now() - make_interval(secs => i) from generate_series(1, :many) i\
            """)
        .param("tenant", tenant)
        .param("oem", oem)
        .param("many", many)
        .update();
  }

  private List<String> claimed(Leases by, int most, Collection<String> running, int each) {
    return by.claim(most, running, each).stream().map(Turn::oem).sorted().toList();
  }

  @AfterEach
  void takeAway() {
    TestDatabase.owner().sql("delete from connections where tenant_id = ?").param(tenant).update();
  }

  @Test
  void aSlowCloudLeavesTheOthersTheirTurns() {
    due("slow", 20);
    due("quick", 2);
    assertThat(claimed(one, 8, List.of("slow"), 4))
        .containsExactly("quick", "quick", "slow", "slow", "slow");
    assertThat(claimed(one, 8, List.of("slow", "slow", "slow", "slow"), 4)).isEmpty();
  }

  @Test
  void noTwoHubsHaveTheSameTurn() {
    due("slow", 6);
    assertThat(claimed(one, 4, List.of(), 4)).hasSize(4);
    assertThat(claimed(other, 4, List.of(), 4)).hasSize(2);
    assertThat(claimed(other, 4, List.of(), 4)).isEmpty();
  }

  @Test
  void whoIsDueLongestComesFirst() {
    due("slow", 9);
    List<Turn> turns = one.claim(3, List.of(), 4);
    assertThat(turns).hasSize(3);
    assertThat(turns)
        .allSatisfy(
            turn -> assertThat(turn.due()).isBefore(java.time.Instant.now().minusSeconds(6)));
  }
}
