package io.caravanhub.hub.connector;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.webhook.WebhookProofs;
import java.sql.Timestamp;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Proofs of webhooks in the database, so that another hub and the next start know them too. */
@Component
class WebhookProofRows implements WebhookProofs {
  private final JdbcClient jdbc;

  WebhookProofRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean knows(String tenant, String oem, byte[] digest) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql(
                    "select exists (select from webhook_proofs where oem = ? and digest = ? and until > now())")
                .params(oem, digest)
                .query(Boolean.class)
                .single());
  }

  @Override
  public void keep(String tenant, String oem, byte[] digest, Instant until) {
    TenantScope.run(
        tenant,
        () ->
            jdbc.sql(
                    """
                    insert into webhook_proofs (tenant_id, oem, digest, until) values (hub_tenant(), ?, ?, ?)
                    on conflict (tenant_id, oem, digest) do update set until = excluded.until\
                    """)
                .params(oem, digest, Timestamp.from(until))
                .update());
  }
}
