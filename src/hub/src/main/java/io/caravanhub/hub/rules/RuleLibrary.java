package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.ExpressionCosts;
import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleExpression;
import io.caravanhub.core.rule.RuleFolder;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.TenantScope;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rules in force, from the rules folder and the tenants' tables. The folder is looked at every
 * second, the tables at once when the database announces a change, and every {@value #TOLD_ROUNDS}
 * seconds in case it could not; what changed is read beside the running rules and swapped in whole.
 * Thread-safe.
 */
@Component("ruleLibrary")
public class RuleLibrary implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RuleLibrary.class);

  /** What the database announces is looked for by itself every so many seconds only. */
  private static final int TOLD_ROUNDS = 15;

  private final RuleFolder folder;
  private final RuleTable table;
  private final JdbcClient jdbc;
  private final int tableRounds;
  private final ExpressionCosts costs = new ExpressionCosts(Clock.systemUTC());
  private volatile @Nullable RuleBook book;
  private volatile List<RefusedRules> refused = List.of();
  private volatile @Nullable ScheduledExecutorService clock;
  private final AtomicInteger rounds = new AtomicInteger();

  @Autowired
  RuleLibrary(
      @Value("${hub.rules:./rules}") String folder, JdbcClient jdbc, Announcements announcements) {
    this(folder, jdbc, TOLD_ROUNDS);
    announcements.listen("hub_rules", tenant -> hurry(), this::hurry);
  }

  /** A library that is told nothing and looks for itself. */
  public RuleLibrary(String folder, JdbcClient jdbc) {
    this(folder, jdbc, 1);
  }

  private RuleLibrary(String folder, JdbcClient jdbc, int tableRounds) {
    this.folder = new RuleFolder(Path.of(folder), DrlProgram::compile);
    this.table = new RuleTable(jdbc);
    this.jdbc = jdbc;
    this.tableRounds = tableRounds;
  }

  /** Somebody has changed rules: they are looked at now, on the library's own thread. */
  private void hurry() {
    ScheduledExecutorService running = clock;
    if (running != null && !running.isShutdown()) {
      running.execute(
          () -> {
            rounds.set(0);
            look();
          });
    }
  }

  /** The rules in force; read and compiled first when this has not happened yet. */
  RuleBook book() {
    RuleBook known = book;
    return known == null ? refresh() : known;
  }

  /** Files and rows that are not in force, of all tenants, with the reasons. */
  List<RefusedRules> refused() {
    book();
    return refused;
  }

  /**
   * What of the rules that a tenant's devices may meet is not looked at, with the reasons: files,
   * its own rows, and expressions that rest.
   */
  public List<RefusedRules> refused(String tenant) {
    List<RefusedRules> all = new ArrayList<>();
    String own = "table:" + tenant + "/";
    for (RuleBook.Entry entry : book().entries()) {
      if (entry.tenant() == null || entry.tenant().equals(tenant)) {
        resting(tenant, entry).ifPresent(all::add);
      }
    }
    for (RefusedRules file : refused) {
      if (!file.source().startsWith("table:") || file.source().startsWith(own)) {
        all.add(file);
      }
    }
    return all;
  }

  private Optional<RefusedRules> resting(String tenant, RuleBook.Entry entry) {
    Rule rule = entry.rule();
    for (RuleExpression expression : rule.expressions()) {
      Optional<Instant> until = costs.restsUntil(tenant, expression);
      if (until.isPresent()) {
        boolean file = entry.tenant() == null;
        return Optional.of(
            new RefusedRules(
                file ? entry.source() : "table:" + tenant + "/" + rule.id(),
                file ? rule.id() + ".condition" : "condition",
                1,
                "takes too long, not looked at until " + until.get() + ": " + expression,
                Instant.now()));
      }
    }
    return Optional.empty();
  }

  /** The rules that a tenant's devices may meet, its own and everybody's, for lists. */
  public List<ListedRule> list(String tenant) {
    return book().entries().stream()
        .filter(entry -> entry.tenant() == null || entry.tenant().equals(tenant))
        .map(entry -> new ListedRule(entry.rule(), entry.source()))
        .toList();
  }

  /** Looks at folder and tables now. */
  RuleBook refresh() {
    return refresh(true);
  }

  private synchronized RuleBook refresh(boolean tables) {
    boolean changed = folder.refresh();
    try {
      changed |= tables && table.refresh();
    } catch (RuntimeException e) {
      rounds.set(0);
      LOG.warn("The rules table cannot be read, its rules stay as they are: {}", e.getMessage());
    }
    RuleBook before = book;
    if (before != null && !changed) {
      return before;
    }
    List<RefusedRules> newlyRefused = new ArrayList<>(folder.refused());
    List<RuleBook.Entry> entries = withoutCircles(folder.entries(), newlyRefused);
    entries.addAll(table.entries());
    newlyRefused.addAll(table.refused());
    RuleBook compiled = new RuleBook(entries, folder.programs(), costs);
    book = compiled;
    refused = List.copyOf(newlyRefused);
    LOG.info("{} rules in force, {} files or rows refused", entries.size(), newlyRefused.size());
    return compiled;
  }

  /**
   * A file's rule for an asset that is part of itself is refused; the others of its file are not.
   */
  private List<RuleBook.Entry> withoutCircles(
      List<RuleBook.Entry> files, List<RefusedRules> newlyRefused) {
    List<RuleBook.Entry> kept = new ArrayList<>();
    Map<String, Integer> places = new HashMap<>();
    for (RuleBook.Entry entry : files) {
      int place = places.merge(entry.source(), 1, Integer::sum) - 1;
      String circle = circle(entry.rule().scope().asset());
      if (circle == null) {
        kept.add(entry);
      } else {
        String field = "rules[" + place + "].scope.asset";
        newlyRefused.add(new RefusedRules(entry.source(), field, 1, circle, Instant.now()));
        LOG.warn("Rule {} of {} refused: {} {}", entry.rule().id(), entry.source(), field, circle);
      }
    }
    return kept;
  }

  private @Nullable String circle(@Nullable String asset) {
    if (asset == null) {
      return null;
    }
    try {
      for (String tenant : jdbc.sql("select tenant_ids()").query(String.class).list()) {
        Optional<String> circle = TenantScope.call(tenant, () -> AssetLineage.circle(jdbc, asset));
        if (circle.isPresent()) {
          return circle.get();
        }
      }
    } catch (DataAccessException e) {
      LOG.warn("Whether {} is part of itself cannot be told: {}", asset, e.getMessage());
    }
    return null;
  }

  @Override
  public synchronized void start() {
    if (clock != null) {
      return;
    }
    clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "rule-library");
              thread.setDaemon(true);
              return thread;
            });
    clock.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      refresh(rounds.getAndIncrement() % tableRounds == 0);
    } catch (RuntimeException e) {
      LOG.error("The rules cannot be renewed and stay as they are", e);
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

  /** Early: telemetry that comes first needs them. */
  @Override
  public int getPhase() {
    return 0;
  }

  /** A rule with the file it comes from, or {@code table}. */
  public record ListedRule(Rule rule, String source) {}
}
