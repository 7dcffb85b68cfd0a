package io.caravanhub.hub;

import io.caravanhub.hub.event.EventLog;
import io.caravanhub.hub.event.Events;
import io.caravanhub.hub.notify.Announced;
import io.caravanhub.hub.orchestration.Orchestrator;
import io.caravanhub.hub.orchestration.Policies;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Events and orchestration wired by hand on the test database, with what they published. */
public final class Acting {
  public final DataSource dataSource = TestDatabase.app();
  public final JdbcClient jdbc = JdbcClient.create(dataSource);
  public final PlatformTransactionManager transactions = TestDatabase.transactions(dataSource);
  public final List<Object> published = new CopyOnWriteArrayList<>();
  public final Policies policies =
      new Policies(TestDatabase.root().resolve("rules").toString(), jdbc);
  public final Orchestrator orchestrator =
      new Orchestrator(
          jdbc,
          policies,
          (event, announcement) -> new Announced(List.of(), "nobody is told"),
          published::add,
          "http://hub.example");
  public final EventLog eventLog = new EventLog(jdbc, transactions, orchestrator, published::add);
  public final Events events = new Events(jdbc, transactions);
}
