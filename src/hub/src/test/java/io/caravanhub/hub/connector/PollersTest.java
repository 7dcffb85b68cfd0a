package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.OneHolder;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.connector.Leases.Turn;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Pollers that stand still in the middle of a poll until another hub has taken over. */
class PollersTest {
  private static final Duration TERM = Duration.ofMillis(400);
  private static final int CONNECTIONS = 100;
  private static final int CHANGES = 1_000;

  private final String tenant = TestDatabase.tenant();
  private final JdbcClient app = JdbcClient.create(TestDatabase.app());
  private final OneHolder checker = new OneHolder();
  private final AtomicBoolean over = new AtomicBoolean();

  @AfterEach
  void takeAway() {
    TestDatabase.owner().sql("delete from connections where tenant_id = ?").param(tenant).update();
  }

  @Test
  void areNeverTwoForOneConnectionInAThousandForcedChanges() throws InterruptedException {
    TestDatabase.owner()
        .sql(
            """
            insert into connections (tenant_id, oem, name, kind, state, next_poll_at)
            select :tenant, 'torn', i::text, 'poll', 'enabled', now() from generate_series(1, :many) i\
            """)
        .param("tenant", tenant)
        .param("many", CONNECTIONS)
        .update();
    List<Thread> hubs =
        IntStream.range(0, 3).mapToObj(i -> new Thread(() -> poll("hub-" + i))).toList();
    hubs.forEach(Thread::start);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> changes() >= CHANGES);
    over.set(true);
    for (Thread hub : hubs) {
      hub.join();
    }

    assertThat(checker.acts()).isGreaterThan(CHANGES);
    assertThat(checker.seconds()).as("second pollers").isEmpty();
  }

  /**
   * Takes what is due and asks the cloud again and again, until its own clock says that it may not.
   */
  private void poll(String hub) {
    Leases leases = new Leases(app, new ConnectionRows(app, new ObjectMapper()), hub, TERM);
    Queue<Turn> polls = new ConcurrentLinkedQueue<>();
    while (!over.get()) {
      polls.addAll(leases.claim(20, List.of(), CONNECTIONS));
      for (Iterator<Turn> each = polls.iterator(); each.hasNext(); ) {
        Turn turn = each.next();
        String connection = turn.lease().connection().toString();
        if (checker.act(
                connection, hub, () -> leases.epoch(turn.lease(), turn.lease().askedNanos()))
            == 0) {
          each.remove();
        }
      }
    }
  }

  private long changes() {
    return TestDatabase.owner()
        .sql("select sum(greatest(lease_epoch - 1, 0)) from connections where tenant_id = ?")
        .param(tenant)
        .query(Long.class)
        .single();
  }
}
