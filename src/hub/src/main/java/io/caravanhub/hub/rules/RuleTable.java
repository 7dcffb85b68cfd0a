package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.hub.database.TenantScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tenants' own rules, rows of the table {@code rules}. Not thread-safe. */
final class RuleTable {
  private record Key(String tenant, String id) {}

  private record Row(String id, boolean enabled, String definition) {}

  private record Read(Row row, RuleBook.@Nullable Entry entry, @Nullable RefusedRules refused) {}

  private final JdbcClient jdbc;
  private Map<Key, Read> known = Map.of();

  RuleTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Looks at the table again; true when anything changed. What did not is not read again. */
  boolean refresh() {
    Map<Key, Read> found = new HashMap<>();
    for (String tenant : jdbc.sql("select tenants_with_rules()").query(String.class).list()) {
      List<Row> own =
          TenantScope.call(
              tenant,
              () ->
                  jdbc.sql("select id, enabled, definition::text as definition from rules")
                      .query(Row.class)
                      .list());
      for (Row row : own) {
        Key key = new Key(tenant, row.id());
        Read before = known.get(key);
        found.put(key, before != null && before.row().equals(row) ? before : read(key, row));
      }
    }
    boolean changed = !found.equals(known);
    known = found;
    return changed;
  }

  private Read read(Key key, Row row) {
    try {
      Rule rule = RuleReader.single(row.definition(), new SavedMetrics(jdbc, key.tenant()));
      Rule named = rule.as(row.id(), row.enabled() && rule.enabled());
      return new Read(row, new RuleBook.Entry(key.tenant(), named, "table"), null);
    } catch (RuleException e) {
      return new Read(
          row,
          null,
          new RefusedRules(
              "table:" + key.tenant() + "/" + key.id(),
              e.field(),
              e.line(),
              String.valueOf(e.getMessage()),
              Instant.now()));
    }
  }

  List<RuleBook.Entry> entries() {
    List<RuleBook.Entry> entries = new ArrayList<>();
    known.values().forEach(read -> add(read.entry(), entries));
    return entries;
  }

  List<RefusedRules> refused() {
    List<RefusedRules> refused = new ArrayList<>();
    known.values().forEach(read -> add(read.refused(), refused));
    return refused;
  }

  private static <T> void add(@Nullable T item, List<T> to) {
    if (item != null) {
      to.add(item);
    }
  }
}
