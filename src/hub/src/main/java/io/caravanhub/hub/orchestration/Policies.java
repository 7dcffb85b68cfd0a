package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.YamlField;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.TenantScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What is in force for each tenant: of each id its own row, else its own file's policy, else the
 * default. Kept ready; renewed when the database announces a change, when a file changes (looked at
 * every second), and every quarter of a minute in any case. Thread-safe.
 */
@Component("policies")
public class Policies implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Policies.class);
  private static final int ROUNDS_TO_LOOK_ANYWAY = 15;

  private final PolicyFolder folder;
  private final PolicyRows rows;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private volatile @Nullable ScheduledExecutorService clock;
  private int rounds;

  /** A policy in force with where it comes from. */
  record Listed(Policy policy, String source) {}

  /** All of one tenant. */
  record Known(PolicyBook book, List<Listed> listed, List<RefusedPolicies> refused) {}

  @Autowired
  Policies(
      @Value("${hub.rules:./rules}") String folder, JdbcClient jdbc, Announcements announcements) {
    this(folder, jdbc);
    announcements.listen("hub_policies", this::hurry, this::hurryAll);
  }

  /** Policies that are told nothing and look for themselves. */
  public Policies(String folder, JdbcClient jdbc) {
    this.folder = new PolicyFolder(Path.of(folder, "policies"));
    this.rows = new PolicyRows(jdbc);
    this.folder.refresh();
  }

  /** What decides for a tenant. */
  PolicyBook book(String tenant) {
    return known(tenant).book();
  }

  private Known known(String tenant) {
    Known now = known.get(tenant);
    return now == null ? renew(tenant) : now;
  }

  /** As they stand this moment, for a person who has just changed one. */
  Known now(String tenant) {
    return renew(tenant);
  }

  /** Looks at everything now. */
  public synchronized void refresh() {
    folder.refresh();
    known.keySet().forEach(this::renew);
  }

  private synchronized Known renew(String tenant) {
    Known fresh = TenantScope.call(tenant, () -> read(tenant));
    known.put(tenant, fresh);
    return fresh;
  }

  private Known read(String tenant) {
    Map<String, Listed> policies = new TreeMap<>();
    List<RefusedPolicies> refused = new ArrayList<>(folder.refused(tenant));
    PolicyFile books = PolicyFile.NONE;
    for (Map.Entry<String, PolicyFile> file : folder.of(tenant).entrySet()) {
      PolicyFile in = file.getValue();
      in.policies().forEach(p -> policies.put(p.id(), new Listed(p, file.getKey())));
      books =
          new PolicyFile(
              List.of(),
              in.calendar() == null ? books.calendar() : in.calendar(),
              in.sla() == null ? books.sla() : in.sla(),
              in.limits() == null ? books.limits() : in.limits(),
              in.prices() == null ? books.prices() : in.prices());
    }
    for (PolicyRows.Row row : rows.policies()) {
      try {
        Policy policy = PolicyReader.single(row.definition());
        Policy named =
            new Policy(
                row.id(),
                policy.description(),
                policy.enabled() && row.enabled(),
                policy.when(),
                policy.then(),
                policy.written());
        policies.put(row.id(), new Listed(named, "table"));
      } catch (RuleException e) {
        refused.add(refused(row, e));
      }
    }
    for (PolicyRows.Row row : rows.books()) {
      try {
        books = books.with(row.id(), YamlField.parse(row.definition()));
      } catch (RuleException e) {
        refused.add(refused(row, e));
      }
    }
    List<Listed> listed = List.copyOf(policies.values());
    PolicyBook book =
        new PolicyBook(
            listed.stream().map(Listed::policy).toList(),
            books.calendar() == null ? BusinessCalendar.ALWAYS : books.calendar(),
            books.sla() == null ? Map.of() : books.sla(),
            books.limits() == null ? List.of() : books.limits(),
            books.prices() == null ? PriceBook.EMPTY : books.prices());
    return new Known(book, listed, List.copyOf(refused));
  }

  private static RefusedPolicies refused(PolicyRows.Row row, RuleException e) {
    return new RefusedPolicies(
        "table:" + row.id(), e.field(), e.line(), String.valueOf(e.getMessage()));
  }

  private void hurry(String tenant) {
    later(
        () -> {
          if (known.containsKey(tenant)) {
            renew(tenant);
          }
        });
  }

  private void hurryAll() {
    later(this::refresh);
  }

  private void later(Runnable work) {
    ScheduledExecutorService running = clock;
    if (running != null && !running.isShutdown()) {
      running.execute(() -> safely(work));
    }
  }

  private synchronized void look() {
    boolean anyway = ++rounds % ROUNDS_TO_LOOK_ANYWAY == 0;
    if (folder.refresh() || anyway) {
      known.keySet().forEach(this::renew);
    }
  }

  private static void safely(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("The policies cannot be renewed and stay as they are: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void start() {
    if (clock == null) {
      clock =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "policies");
                thread.setDaemon(true);
                return thread;
              });
      clock.scheduleWithFixedDelay(() -> safely(this::look), 1, 1, TimeUnit.SECONDS);
    }
  }

  @Override
  public synchronized void stop() {
    if (clock != null) {
      clock.shutdownNow();
      clock = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return clock != null;
  }

  /** Early: events that come first need them. */
  @Override
  public int getPhase() {
    return 0;
  }
}
