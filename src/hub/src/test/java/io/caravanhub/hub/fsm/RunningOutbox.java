package io.caravanhub.hub.fsm;

import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretBox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.dao.DataAccessResourceFailureException;

/** The outbox with the route files of routes/fsm, as the hub runs them. */
final class RunningOutbox implements AutoCloseable {
  static final ConnectionSettings SETTINGS =
      new ConnectionSettings(new SecretBox(List.of(new byte[32])));

  private static final List<String> ROUTES =
      List.of(
          "look-up",
          "send",
          "deliver",
          "dispatch",
          "wake",
          "read-back",
          "completed-work",
          "changes",
          "evidence");
  private static final Duration SHORT = Duration.ofMillis(150);

  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final AtomicBoolean failing = new AtomicBoolean();
  private final AtomicBoolean killed = new AtomicBoolean();
  final FsmConnectionRows rows;
  final FsmLines lines;
  final Outbox outbox;
  final FsmDelivery delivery;
  final LaterEvidence laterEvidence;

  /** With an FSM for one tenant, as HUB_FSM_URL gives it. */
  RunningOutbox(Acting acting, String tenant, String fsmUrl) throws Exception {
    this(acting, tenant, fsmUrl, "hub-1", Duration.ofMinutes(5));
  }

  RunningOutbox(Acting acting, String tenant, String fsmUrl, String me, Duration clearWithin)
      throws Exception {
    this(acting, tenant, fsmUrl, me, clearWithin, TestDatabase.root().resolve("connectors"));
  }

  RunningOutbox(
      Acting acting, String tenant, String fsmUrl, String me, Duration clearWithin, Path connectors)
      throws Exception {
    this(acting, tenant, fsmUrl, me, clearWithin, connectors, new FsmAddresses(true));
  }

  /**
   * @param me name of this hub among several
   * @param clearWithin how long signals have to clear after work was completed
   * @param connectors folder with the adapters
   * @param addresses where connections may be
   */
  RunningOutbox(
      Acting acting,
      String tenant,
      String fsmUrl,
      String me,
      Duration clearWithin,
      Path connectors,
      FsmAddresses addresses)
      throws Exception {
    rows = new FsmConnectionRows(acting.jdbc, SETTINGS);
    lines =
        new FsmLines(
            rows,
            new FsmProducts(connectors),
            SETTINGS,
            fsmUrl,
            "default",
            tenant,
            700,
            SHORT,
            addresses);
    outbox =
        new Outbox(
            acting.jdbc,
            acting.transactions,
            acting.published::add,
            lines,
            me,
            new BackOff(Duration.ofMillis(100), Duration.ofMillis(800))) {
          @Override
          public void accepted(OutboxEntry entry, String fsmId) {
            if (failing.compareAndSet(true, false)) {
              throw new DataAccessResourceFailureException("the database is away");
            }
            alive();
            super.accepted(entry, fsmId);
          }

          @Override
          public void failed(OutboxEntry entry, String error, @Nullable Duration pause) {
            alive();
            super.failed(entry, error, pause);
          }

          @Override
          public void unknown(OutboxEntry entry, String error, @Nullable Duration pause) {
            alive();
            super.unknown(entry, error, pause);
          }

          @Override
          public void absent(OutboxEntry entry) {
            alive();
            super.absent(entry);
          }

          @Override
          public void notTried(OutboxEntry entry) {
            alive();
            super.notTried(entry);
          }

          @Override
          public List<OutboxEntry> claim() {
            alive();
            return super.claim();
          }
        };
    OpenOrders orders = new OpenOrders();
    OrderProgress progress =
        new OrderProgress(acting.jdbc, acting.transactions, acting.published::add, clearWithin);
    ProducerTemplate template = camel.createProducerTemplate();
    DispatcherBell bell =
        new DispatcherBell(
            new StaticListableBeanFactory(Map.of("template", template))
                .getBeanProvider(ProducerTemplate.class));
    camel.getRegistry().bind("oneHub", new RoutePolicySupport() {});
    camel.getRegistry().bind("outbox", outbox);
    delivery = new FsmDelivery(outbox, lines, orders, bell);
    laterEvidence = new LaterEvidence(acting.jdbc, lines, orders);
    camel.getRegistry().bind("fsmDelivery", delivery);
    camel.getRegistry().bind("readBack", new ReadBack(acting.jdbc, lines, progress, SHORT));
    camel.getRegistry().bind("completedWork", new CompletedWork(acting.jdbc, progress));
    camel.getRegistry().bind("laterEvidence", laterEvidence);
    camel.getRegistry().bind("fsmChanges", new FsmChanges(acting.jdbc, lines, rows, progress));
    // A hub that is stopped in a test does not wait for calls that hang.
    camel.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
    camel.getShutdownStrategy().setTimeout(300);
    camel.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
    Properties settings = new Properties();
    settings.setProperty("hub.fsm.period", "100");
    settings.setProperty("hub.fsm.read-back.period", "200");
    settings.setProperty("hub.fsm.changes.period", "200");
    settings.setProperty("hub.fsm.evidence.period", "200");
    camel.getPropertiesComponent().setInitialProperties(settings);
    outbox.recover();
    Path routes = TestDatabase.root().resolve("routes");
    load(routes.resolve("policy/fsm.camel.yaml"));
    for (String name : ROUTES) {
      load(routes.resolve("fsm/" + name + ".camel.yaml"));
    }
    camel.start();
  }

  /** The next order that the FSM accepts cannot be noted. */
  void failNextAcceptance() {
    failing.set(true);
  }

  /** As kill -9 does: from now on nothing that it does is noted anywhere. */
  void kill() {
    killed.set(true);
    camel.stop();
  }

  private void alive() {
    if (killed.get()) {
      throw new IllegalStateException("this hub is dead");
    }
  }

  private void load(Path file) throws Exception {
    Resource resource = ResourceHelper.resolveResource(camel, "file:" + file);
    PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
  }

  @Override
  public void close() {
    camel.stop();
  }
}
