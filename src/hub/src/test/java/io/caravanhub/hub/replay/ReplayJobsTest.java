package io.caravanhub.hub.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.AskedTenants;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import org.junit.jupiter.api.Test;

class ReplayJobsTest {
  private final String tenant = TestDatabase.tenant();
  private final ReplayJobs jobs = new ReplayJobs(new AskedTenants().jdbc(), new ObjectMapper());

  @Test
  void tenantsAreThoseWhoseReplaysAreNotAtTheirEnd() {
    assertThat(jobs.tenants()).doesNotContain(tenant);

    String id = TenantScope.call(tenant, () -> jobs.create("raw", "{}", "a"));
    assertThat(jobs.tenants()).contains(tenant);

    TenantScope.run(tenant, () -> jobs.end(id, "done", null));
    assertThat(jobs.tenants()).doesNotContain(tenant);
  }
}
