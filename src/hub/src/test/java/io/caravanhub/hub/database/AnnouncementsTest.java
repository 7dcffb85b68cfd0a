package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes reach a hub by either of two ways, each through a proxy of its own. */
class AnnouncementsTest {
  private final String topic = "topic_" + UUID.randomUUID().toString().replaceAll("[^a-f]", "x");
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger missed = new AtomicInteger();
  private TcpProxy listening;
  private TcpProxy looking;
  private SideConnection side;
  private Announcements announcements;

  @BeforeEach
  void begin() throws IOException {
    TestServer server = TestDatabase.server();
    listening = new TcpProxy(server.host(), server.port());
    looking = new TcpProxy(server.host(), server.port());
    side = new SideConnection(at(looking), "test");
    announcements = new Announcements(at(listening), side);
    announcements.listen(topic, heard::add, missed::incrementAndGet);
    until(() -> missed.get() > 0);
    announce("first");
    until(() -> heard.contains("first"));
  }

  @AfterEach
  void end() throws IOException {
    announcements.destroy();
    side.destroy();
    listening.close();
    looking.close();
  }

  private static DatabaseConfiguration.Server at(TcpProxy proxy) {
    TestServer server = TestDatabase.server();
    return new DatabaseConfiguration.Server(
        "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + TestDatabase.name(),
        server.user(),
        server.password());
  }

  private void announce(String what) {
    TestDatabase.owner().sql("select announce_change(?, ?)").params(topic, what).query(row -> {});
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  @Test
  void areHeardByTheLookWhileTheListeningConnectionIsDead() {
    listening.stall();
    announce("stalled");
    until(() -> heard.contains("stalled"));
    listening.restore();
    listening.refuse();
    announce("refused");
    until(() -> heard.contains("refused"));
    listening.restore();
    announce("back");
    until(() -> heard.contains("back"));

    assertThat(heard).containsExactly("first", "stalled", "refused", "back");
  }

  @Test
  void areHeardAtOnceWhileTheLookHangs() {
    looking.stall();
    // Perhaps nothing listens yet: what came so far may have come by the look.
    until(
        () -> {
          announce("told");
          return heard.contains("told");
        });
    looking.restore();
  }

  @Test
  void areCaughtUpWithWhenBothWaysWereCutEachOnce() {
    listening.refuse();
    looking.refuse();
    announce("one");
    announce("two");
    announce("one");
    listening.restore();
    looking.restore();
    until(() -> heard.size() >= 4);

    assertThat(heard).containsExactly("first", "one", "two", "one");
    assertThat(missed).hasValue(1);
  }

  @Test
  void areHeardWhenTheyAreCommittedHoweverLate() throws SQLException {
    listening.refuse();
    try (Connection late = TestDatabase.connection();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.execute("select announce_change('" + topic + "', 'late')");
      statement.execute("select announce_change('" + topic + "', 'late')");
      announce("early");
      until(() -> heard.contains("early"));
      late.commit();
    }
    until(() -> heard.contains("late"));

    assertThat(heard).containsExactly("first", "early", "late");
  }
}
