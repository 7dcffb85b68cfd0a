package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.hub.AskedTenants;
import io.caravanhub.hub.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RuleTableTest {
  private final AskedTenants asked = new AskedTenants();
  private final String tenant = TestDatabase.tenant();
  private final String other = TestDatabase.tenant();
  private final RuleTable table = new RuleTable(asked.jdbc());

  /** Other tests look at all tenants' rules. */
  @AfterEach
  void takeAway() {
    TestDatabase.owner().sql("delete from rules where tenant_id = ?").param(tenant).update();
  }

  @Test
  void asksThoseWithRulesAndNobodyElseAndMissesNoneThatIsGone() {
    table.refresh();
    assertThat(asked.since()).doesNotContain(tenant, other);

    TestDatabase.owner()
        .sql(
            """
            insert into rules (tenant_id, id, definition, source, author) values (?, 'hot',
              '{"id": "hot", "when": {"metric": "temperature", "above": 30},
                "event": {"type": "warning", "severity": "low", "family": "f", "message": "m"}}', '', 'a')\
            """)
        .param(tenant)
        .update();
    assertThat(table.refresh()).isTrue();
    assertThat(asked.since()).contains(tenant).doesNotContain(other);
    assertThat(mine()).hasSize(1);

    takeAway();
    assertThat(table.refresh()).isTrue();
    assertThat(asked.since()).doesNotContain(tenant, other);
    assertThat(mine()).isEmpty();
  }

  private List<RuleBook.Entry> mine() {
    return table.entries().stream().filter(entry -> tenant.equals(entry.tenant())).toList();
  }
}
