package io.caravanhub.hub.fsm;

import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.springframework.dao.DataAccessResourceFailureException;

/** The outbox with the route files of routes/fsm, as the hub runs them, towards one FSM. */
final class RunningOutbox implements AutoCloseable {
  private static final List<String> ROUTES =
      List.of("call", "ask", "look-up", "send", "deliver", "dispatch", "wake", "read-back");

  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final AtomicBoolean failing = new AtomicBoolean();
  final Outbox outbox;

  RunningOutbox(Acting acting, String fsmUrl) throws Exception {
    outbox =
        new Outbox(
            acting.jdbc,
            acting.transactions,
            acting.published::add,
            fsmUrl,
            Duration.ofMillis(200),
            Duration.ofSeconds(1)) {
          @Override
          public void accepted(OutboxEntry entry, String fsmId) {
            if (failing.compareAndSet(true, false)) {
              throw new DataAccessResourceFailureException("the database is away");
            }
            super.accepted(entry, fsmId);
          }
        };
    camel.getRegistry().bind("outbox", outbox);
    camel.getRegistry().bind("fsmDelivery", new FsmDelivery(outbox));
    camel.getRegistry().bind("fsmHttpClient", new FsmHttpClient());
    camel
        .getRegistry()
        .bind(
            "readBack",
            new ReadBack(acting.jdbc, acting.transactions, Duration.ofMillis(200), fsmUrl));
    Properties settings = new Properties();
    settings.setProperty("hub.fsm.url", fsmUrl.isEmpty() ? "http://127.0.0.1:9" : fsmUrl);
    settings.setProperty("hub.fsm.timeout", "700");
    settings.setProperty("hub.fsm.period", "100");
    settings.setProperty("hub.fsm.read-back.period", "200");
    settings.setProperty("hub.connectors", TestDatabase.root().resolve("connectors").toString());
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

  private void load(Path file) throws Exception {
    Resource resource = ResourceHelper.resolveResource(camel, "file:" + file);
    PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
  }

  @Override
  public void close() {
    camel.stop();
  }
}
