package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.AskedTenants;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import org.junit.jupiter.api.Test;

class GatewayUpkeepTest {
  private final AskedTenants asked = new AskedTenants();
  private final String tenant = TestDatabase.tenant();
  private final String other = TestDatabase.tenant();
  private final GatewayUpkeep upkeep =
      new GatewayUpkeep(
          asked.jdbc(),
          new TenantSettingsReader(asked.jdbc(), 30, 90, 1, 15),
          new Notices(asked.jdbc()));

  @Test
  void asksThoseWhoseGatewaysAreSilentOrWereSaidToBeAndNobodyElse() {
    gateway(tenant);
    gateway(other);
    upkeep.watch();
    assertThat(asked.since()).doesNotContain(tenant, other);

    heardBefore("2 minutes");
    upkeep.watch();
    assertThat(asked.since()).contains(tenant).doesNotContain(other);
    assertThat(openNotices()).isEqualTo(1);

    heardBefore("1 second");
    upkeep.watch();
    assertThat(asked.since()).contains(tenant);
    assertThat(openNotices()).isZero();

    upkeep.watch();
    assertThat(asked.since()).doesNotContain(tenant, other);
  }

  private static void gateway(String of) {
    TestDatabase.owner()
        .sql(
            "insert into gateways (tenant_id, serial, name, health_at, last_seen_at) values (?, 'G', 'G', now(), now())")
        .param(of)
        .update();
  }

  private void heardBefore(String age) {
    TestDatabase.owner()
        .sql("update gateways set last_seen_at = now() - ?::interval where tenant_id = ?")
        .params(age, tenant)
        .update();
  }

  private long openNotices() {
    return TestDatabase.owner()
        .sql("select count(*) from notices where tenant_id = ? and resolved_at is null")
        .param(tenant)
        .query(Long.class)
        .single();
  }
}
