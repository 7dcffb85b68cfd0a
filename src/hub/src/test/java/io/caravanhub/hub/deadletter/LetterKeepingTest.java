package io.caravanhub.hub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.AskedTenants;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class LetterKeepingTest {
  private final AskedTenants asked = new AskedTenants();
  private final String tenant = TestDatabase.tenant();
  private final String other = TestDatabase.tenant();

  /** With an alarm at more than one. */
  private final LetterKeeping keeping =
      new LetterKeeping(
          asked.jdbc(),
          new TenantSettingsReader(asked.jdbc(), 30, 90, 1, 15),
          new Notices(asked.jdbc()),
          new SimpleMeterRegistry());

  @Test
  void asksThoseWithLettersOrANoticeOfThemAndNobodyElse() {
    keeping.look();
    assertThat(asked.since()).doesNotContain(tenant, other);

    letters(2);
    keeping.look();
    assertThat(asked.since()).contains(tenant).doesNotContain(other);
    assertThat(openNotices()).isEqualTo(1);
    assertThat(keeping.kept()).isGreaterThanOrEqualTo(2);

    TestDatabase.owner()
        .sql("update dead_letters set status = 'discarded' where tenant_id = ?")
        .param(tenant)
        .update();
    keeping.look();
    assertThat(asked.since()).contains(tenant);
    assertThat(openNotices()).isZero();

    keeping.look();
    assertThat(asked.since()).doesNotContain(tenant, other);
  }

  private void letters(int many) {
    for (int i = 0; i < many; i++) {
      TestDatabase.owner()
          .sql(
              "insert into dead_letters (tenant_id, source, reason, payload) values (?, 'mqtt', 'r', '')")
          .param(tenant)
          .update();
    }
  }

  private long openNotices() {
    return TestDatabase.owner()
        .sql("select count(*) from notices where tenant_id = ? and resolved_at is null")
        .param(tenant)
        .query(Long.class)
        .single();
  }
}
