package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.hub.rules.RuleLibrary.ListedRule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rules of a tenant beside what they led to in the last thirty days. Thread-safe. */
@Component
public class RuleOverview {
  private final RuleLibrary library;
  private final JdbcClient jdbc;

  RuleOverview(RuleLibrary library, JdbcClient jdbc) {
    this.library = library;
    this.jdbc = jdbc;
  }

  /**
   * What a rule noticed in thirty days.
   *
   * @param events how many events it raised; as a shadow, would have raised
   * @param last when the newest was raised, or null
   */
  public record Led(int events, @Nullable Instant last) {
    static final Led NOTHING = new Led(0, null);
  }

  /** Who saved the tenant's own rule last. */
  public record Saved(int version, String author, Instant at) {}

  /**
   * A rule of the list.
   *
   * @param source the file's name, or {@code table} for the tenant's own
   * @param saved of the tenant's own; else null
   */
  public record Item(Rule rule, String source, @Nullable Saved saved, Led led) {
    /** {@code live}, {@code shadow} or {@code off}. */
    public String state() {
      return !rule.enabled() ? "off" : rule.shadow() ? "shadow" : "live";
    }

    /** Whether the tenant wrote it. */
    public boolean own() {
      return source.equals("table");
    }
  }

  /** The rules that devices of the thread's tenant may meet, by id, the tenant's own first. */
  public List<Item> list(String tenant) {
    return items(tenant, null);
  }

  /** Those of one id: the tenant's own, and each file's. */
  public List<Item> list(String tenant, String id) {
    return items(tenant, id);
  }

  private List<Item> items(String tenant, @Nullable String only) {
    Map<String, Led> led = led(only);
    Map<String, Saved> saved = saved();
    List<Item> items = new ArrayList<>();
    for (ListedRule listed : library.list(tenant)) {
      String id = listed.rule().id();
      if (only != null && !only.equals(id)) {
        continue;
      }
      boolean own = listed.source().equals("table");
      items.add(
          new Item(
              listed.rule(),
              listed.source(),
              own ? saved.get(id) : null,
              led.getOrDefault(id, Led.NOTHING)));
    }
    items.sort(Comparator.comparing((Item item) -> item.rule().id()).thenComparing(i -> !i.own()));
    return items;
  }

  /** The tenant's own rule as it is saved, whether the hub has taken it up yet or not. */
  public Optional<Item> of(String tenant, RuleView own) {
    try {
      Rule rule = RuleReader.single(own.definition().toString(), new SavedMetrics(jdbc, tenant));
      return Optional.of(
          new Item(
              rule.as(own.id(), own.enabled() && rule.enabled()),
              "table",
              new Saved(own.version(), own.author(), own.updatedAt()),
              led(own.id()).getOrDefault(own.id(), Led.NOTHING)));
    } catch (RuleException e) {
      return Optional.empty();
    }
  }

  /** Files and rows that are refused, as far as the tenant may know of them. */
  public List<RefusedRules> refused(String tenant) {
    return library.refused(tenant);
  }

  private Map<String, Led> led(@Nullable String only) {
    Map<String, Led> led = new HashMap<>();
    jdbc.sql(
            """
            select rule_id, count(*) as events, max(opened_at) as last from events
             where opened_at > now() - interval '30 days' and (cast(:rule as text) is null or rule_id = :rule) group by 1
            union all
            select rule_id, count(*), max(opened_at) from shadow_events
             where opened_at > now() - interval '30 days' and (cast(:rule as text) is null or rule_id = :rule) group by 1
            """)
        .param("rule", only)
        .query(
            row -> {
              led.merge(row.getString("rule_id"), led(row), RuleOverview::sum);
            });
    return led;
  }

  private static Led led(ResultSet row) throws SQLException {
    return new Led(row.getInt("events"), row.getTimestamp("last").toInstant());
  }

  private static Led sum(Led a, Led b) {
    boolean later = b.last != null && (a.last == null || b.last.isAfter(a.last));
    return new Led(a.events + b.events, later ? b.last : a.last);
  }

  private Map<String, Saved> saved() {
    Map<String, Saved> saved = new HashMap<>();
    jdbc.sql("select id, version, author, updated_at from rules")
        .query(
            row -> {
              saved.put(
                  row.getString("id"),
                  new Saved(
                      row.getInt("version"),
                      row.getString("author"),
                      row.getTimestamp("updated_at").toInstant()));
            });
    return saved;
  }
}
