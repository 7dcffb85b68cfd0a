package io.caravanhub.hub.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rules in force, from the rules folder and the tenants' tables. Both are looked at every
 * second; what changed is compiled beside the running rules and swapped in whole. Thread-safe.
 */
@Component("ruleLibrary")
public class RuleLibrary implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RuleLibrary.class);

  private final RuleFolder folder;
  private final RuleTable table;
  private volatile @Nullable RuleBook book;
  private volatile List<RefusedRules> refused = List.of();
  private @Nullable ScheduledExecutorService clock;

  public RuleLibrary(@Value("${hub.rules:./rules}") String folder, JdbcClient jdbc) {
    this.folder = new RuleFolder(Path.of(folder));
    this.table = new RuleTable(jdbc);
  }

  /** The rules in force; read and compiled first when this has not happened yet. */
  RuleBook book() {
    RuleBook known = book;
    return known == null ? refresh() : known;
  }

  /** What is not in force, with the reasons. */
  public List<RefusedRules> refused() {
    book();
    return refused;
  }

  /** The rules that a tenant's devices may meet, its own and everybody's, for lists. */
  public List<ListedRule> list(String tenant) {
    return book().entries().stream()
        .filter(entry -> entry.tenant() == null || entry.tenant().equals(tenant))
        .map(entry -> new ListedRule(entry.rule(), entry.source()))
        .toList();
  }

  /** Looks at folder and tables now. */
  synchronized RuleBook refresh() {
    boolean changed = folder.refresh();
    try {
      changed |= table.refresh();
    } catch (RuntimeException e) {
      LOG.warn("The rules table cannot be read, its rules stay as they are: {}", e.getMessage());
    }
    RuleBook before = book;
    if (before != null && !changed) {
      return before;
    }
    List<RuleBook.Entry> entries = new ArrayList<>();
    for (List<RuleBook.Entry> source : List.of(folder.entries(), table.entries())) {
      for (RuleBook.Entry entry : source) {
        entries.add(
            new RuleBook.Entry(entries.size(), entry.tenant(), entry.rule(), entry.source()));
      }
    }
    List<RefusedRules> newlyRefused = new ArrayList<>(folder.refused());
    newlyRefused.addAll(table.refused());
    RuleBook compiled = RuleBook.compile(entries);
    book = compiled;
    refused = List.copyOf(newlyRefused);
    LOG.info("{} rules in force, {} files or rows refused", entries.size(), newlyRefused.size());
    return compiled;
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
      refresh();
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

  /** Early: the first compilation takes seconds and goes on beside the rest of the start. */
  @Override
  public int getPhase() {
    return 0;
  }

  /** A rule with the file it comes from, or {@code table}. */
  public record ListedRule(Rule rule, String source) {}
}
