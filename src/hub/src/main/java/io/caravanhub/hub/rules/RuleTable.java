package io.caravanhub.hub.rules;

import io.caravanhub.hub.database.TenantScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tenants' own rules, rows of the table {@code rules}. Not thread-safe. */
final class RuleTable {
  private record Key(String tenant, String id) {}

  private record Row(String id, boolean enabled, String definition) {}

  private final JdbcClient jdbc;
  private Map<Key, Row> rows = Map.of();
  private final List<RuleBook.Entry> entries = new ArrayList<>();
  private final List<RefusedRules> refused = new ArrayList<>();

  RuleTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Looks at the table again; true when anything changed. */
  boolean refresh() {
    Map<Key, Row> found = new HashMap<>();
    for (String tenant : jdbc.sql("select tenant_ids()").query(String.class).list()) {
      List<Row> own =
          TenantScope.call(
              tenant,
              () ->
                  jdbc.sql("select id, enabled, definition::text as definition from rules")
                      .query(Row.class)
                      .list());
      own.forEach(row -> found.put(new Key(tenant, row.id()), row));
    }
    if (found.equals(rows)) {
      return false;
    }
    rows = found;
    entries.clear();
    refused.clear();
    found.forEach(this::read);
    return true;
  }

  private void read(Key key, Row row) {
    try {
      Rule rule = RuleReader.single(row.definition());
      Rule named =
          new Rule(
              row.id(),
              rule.description(),
              row.enabled() && rule.enabled(),
              rule.scope(),
              rule.when(),
              rule.context(),
              rule.duration(),
              rule.outcome());
      entries.add(new RuleBook.Entry(0, key.tenant(), named, "table"));
    } catch (RuleException e) {
      refused.add(
          new RefusedRules(
              "table:" + key.tenant() + "/" + key.id(),
              e.field(),
              e.line(),
              String.valueOf(e.getMessage()),
              Instant.now()));
    }
  }

  List<RuleBook.Entry> entries() {
    return entries;
  }

  List<RefusedRules> refused() {
    return refused;
  }
}
