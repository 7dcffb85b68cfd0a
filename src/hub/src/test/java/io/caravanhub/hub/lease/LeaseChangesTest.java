package io.caravanhub.hub.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.OneHolder;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.database.SideConnection;
import io.caravanhub.testkit.network.TcpProxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases that are torn from one hub after the other: its database cut, stalled, itself paused. */
class LeaseChangesTest {
  private static final Duration TERM = Duration.ofMillis(400);
  private static final int CHANGES = 1_000;

  private final List<String> names = IntStream.range(0, 200).mapToObj(i -> "torn " + i).toList();
  private final OneHolder checker = new OneHolder();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger late = new AtomicInteger();
  private final List<Hub> hubs = new ArrayList<>();

  /** A hub whose way to the leases can be cut, and which can stand still after it was answered. */
  private final class Hub implements AutoCloseable {
    final String name;
    final TcpProxy proxy;
    final SideConnection side;
    final HubLeases leases;
    final List<Lease> wanted;
    final Thread work;
    volatile Duration pause = Duration.ZERO;

    Hub(int number) throws Exception {
      name = "hub-" + number;
      TestServer server = TestDatabase.server();
      proxy = new TcpProxy(server.host(), server.port());
      side =
          SideConnection.of(
              "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + TestDatabase.name(),
              server.user(),
              server.password(),
              name);
      LeaseTable table = new LeaseTable(side);
      leases =
          new HubLeases(
              new LeaseRows() {
                @Override
                public Claimed claim(String hub, Duration term, Collection<String> names)
                    throws SQLException {
                  Claimed claimed = table.claim(hub, term, names);
                  try {
                    // An answer that is long on its way: the term goes on meanwhile.
                    Thread.sleep(pause.toMillis());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return claimed;
                }

                @Override
                public void release(String hub, Collection<String> names) throws SQLException {
                  table.release(hub, names);
                }

                @Override
                public String holder(String name) throws SQLException {
                  return table.holder(name);
                }
              },
              TERM,
              name);
      wanted = names.stream().map(leases::want).toList();
      work = new Thread(this::work, name);
      work.start();
    }

    long held() {
      return wanted.stream().filter(Lease::isHeld).count();
    }

    private void work() {
      Random random = new Random(name.hashCode());
      try (Connection connection = TestDatabase.connection()) {
        connection.setAutoCommit(false);
        while (!over.get()) {
          Lease one = wanted.get(random.nextInt(wanted.size()));
          long began = one.epoch();
          for (Lease lease : wanted) {
            checker.act(lease.name(), name, lease::epoch);
          }
          if (began > 0) {
            // Some write much later than they looked: the term must have run out by the clock.
            Thread.sleep(random.nextInt(10) == 0 ? TERM.toMillis() * 3 / 2 : 5);
            write(connection, one, began);
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void write(Connection connection, Lease lease, long epoch) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement("insert into lease_journal (name, epoch) values (?, ?)")) {
        insert.setString(1, lease.name());
        insert.setLong(2, epoch);
        insert.execute();
        lease.check(connection, epoch);
        connection.commit();
      } catch (LeaseLostException e) {
        connection.rollback();
        late.incrementAndGet();
      }
    }

    @Override
    public void close() throws Exception {
      proxy.restore();
      work.join();
      leases.destroy();
      side.destroy();
      proxy.close();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    TestDatabase.owner()
        .sql(
            "create table lease_journal (id bigint generated always as identity, name text, epoch"
                + " bigint)")
        .update();
    for (int i = 0; i < 3; i++) {
      hubs.add(new Hub(i));
    }
  }

  @AfterEach
  void end() throws Exception {
    over.set(true);
    for (Hub hub : hubs) {
      hub.close();
    }
    TestDatabase.owner().sql("drop table lease_journal").update();
    TestDatabase.owner().sql("delete from leases where name like 'torn %'").update();
  }

  @Test
  void neverHaveTwoHoldersInForceInAThousandForcedChanges() {
    await(() -> hubs.stream().mapToLong(Hub::held).sum() == names.size());
    for (int round = 0; changes() < CHANGES; round++) {
      // Looked at before the choice: what the chosen one has by its own clock, nobody has taken
      // yet.
      long before = changes();
      Hub torn = hubs.stream().max(Comparator.comparingLong(Hub::held)).orElseThrow();
      long had = torn.held();
      if (had == 0) {
        continue;
      }
      switch (round % 3) {
        case 0 -> torn.proxy.refuse();
        case 1 -> torn.proxy.stall();
        default -> torn.pause = TERM.multipliedBy(3);
      }
      try {
        await(() -> torn.held() == 0 && changes() - before >= Math.min(21, had));
      } catch (ConditionTimeoutException e) {
        throw new AssertionError(
            "round %d, torn %s of %d, %d changes; %s"
                .formatted(round, torn.name, had, changes() - before, whatEachDoes()),
            e);
      }
      torn.pause = Duration.ZERO;
      torn.proxy.restore();
    }
    over.set(true);

    assertThat(changes()).isGreaterThanOrEqualTo(CHANGES);
    assertThat(checker.acts()).isGreaterThan(CHANGES);
    assertThat(checker.seconds()).as("two in force at once").isEmpty();
    assertThat(late).as("late writes that were refused").hasPositiveValue();
    assertThat(journalsThatGoBack()).as("writes of an epoch after those of a later one").isEmpty();
  }

  private static void await(java.util.concurrent.Callable<Boolean> until) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(until);
  }

  private String whatEachDoes() {
    return hubs.stream()
            .map(hub -> hub.name + " has " + hub.held() + ", waits " + hub.leases.unanswered())
            .toList()
        + TestDatabase.owner()
            .sql(
                "select concat_ws(' ', pid, application_name, state, wait_event_type, wait_event,"
                    + " pg_blocking_pids(pid)::text, now() - xact_start, left(query, 60))"
                    + " from pg_stat_activity where datname = current_database()")
            .query(String.class)
            .list()
            .toString();
  }

  /** How often a lease was taken after its first holder. */
  private static long changes() {
    return TestDatabase.owner()
        .sql(
            "select coalesce(sum(epoch - 1), 0) from leases where name like 'torn %' and epoch > 0")
        .query(Long.class)
        .single();
  }

  private static List<String> journalsThatGoBack() {
    return TestDatabase.owner()
        .sql(
            """
            select name || ' ' || epoch from (
              select name, epoch, lag(epoch) over (partition by name order by id) as before from lease_journal) j
             where epoch < before\
            """)
        .query(String.class)
        .list();
  }
}
