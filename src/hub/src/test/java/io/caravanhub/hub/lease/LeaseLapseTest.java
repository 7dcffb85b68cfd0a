package io.caravanhub.hub.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.database.SideConnection;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of a hub that is alone: its database hangs, or it is killed and begins again. */
class LeaseLapseTest {
  private static final Duration TERM = Duration.ofSeconds(1);

  private final String name = "lapse " + UUID.randomUUID();
  private final List<String> gained = new CopyOnWriteArrayList<>();
  private TcpProxy proxy;
  private SideConnection side;
  private HubLeases leases;

  @BeforeEach
  void begin() throws IOException {
    TestServer server = TestDatabase.server();
    proxy = new TcpProxy(server.host(), server.port());
    side = side(proxy.port());
    leases = new HubLeases(new LeaseTable(side), TERM, "first " + name);
    leases.onGain(gained::add);
  }

  @AfterEach
  void end() throws Exception {
    proxy.restore();
    leases.destroy();
    side.destroy();
    proxy.close();
  }

  private static SideConnection side(int port) {
    TestServer server = TestDatabase.server();
    return SideConnection.of(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + TestDatabase.name(),
        server.user(),
        server.password(),
        "test");
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  @Test
  void timeCountsAsUnansweredFromAQuestionToItsAnswer() throws Exception {
    Lease lease = leases.want(name);
    until(lease::isHeld);
    until(() -> leases.unanswered().isZero());

    proxy.refuse();
    proxy.cut();
    until(() -> leases.unanswered().compareTo(TERM.multipliedBy(2)) > 0);
    proxy.restore();
    until(() -> leases.unanswered().isZero() && lease.isHeld());
  }

  @Test
  void aHubAloneGoesOnWhileTheDatabaseHangsUntilAnotherHasTheLease() throws Exception {
    Lease lease = leases.want(name);
    until(() -> lease.isHeld() && leases.isAlone());
    long epoch = lease.epoch();

    proxy.stall();
    until(
        () -> {
          assertThat(leases.mayGoOn(lease)).isTrue();
          return !lease.isHeld();
        });
    assertThat(leases.mayGoOn(lease)).isTrue();
    gained.clear();
    proxy.restore();
    until(lease::isHeld);
    assertThat(lease.epoch()).as("nobody took it").isEqualTo(epoch);
    until(() -> gained.contains(name));

    proxy.stall();
    SideConnection another = side(TestDatabase.server().port());
    HubLeases second = new HubLeases(new LeaseTable(another), TERM, "second " + name);
    until(() -> second.want(name).isHeld());
    proxy.restore();
    until(() -> !leases.mayGoOn(lease));
    second.destroy();
    another.destroy();
  }

  @Test
  void aClockThatTickedBeforeTheLeaseWasThereIsCaughtUpWithOnce() throws Exception {
    // The hub that was killed.
    new LeaseTable(side).claim("killed " + name, TERM.multipliedBy(2), List.of(name));
    AtomicInteger rounds = new AtomicInteger();
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      camel.getRegistry().bind("oneHub", new OneHub(leases));
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("timer:lapse?delay=0&period=3600000")
                  .routeId("lapse")
                  .routeGroup(name)
                  .routePolicyRef("oneHub")
                  .process(exchange -> rounds.incrementAndGet());
            }
          });
      camel.start();
      until(() -> leases.isWanted(name));
      assertThat(rounds).hasValue(0);
      until(() -> rounds.get() > 0);
      assertThat(leases.lease(name).epoch()).isEqualTo(2);
      Awaitility.await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(30))
          .until(() -> rounds.get() == 1);
    }
  }
}
