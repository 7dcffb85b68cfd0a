package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.certificate.GatewayCertificates;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.Tokens;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a gateway logs in with: a certificate at the broker, a token over HTTP. Thread-safe. */
@Component
class GatewayCredentials {
  private final JdbcClient jdbc;
  private final GatewayNames gateways;
  private final GatewayCertificates certificates;
  private final Tokens tokens;
  private final Audit audit;

  GatewayCredentials(
      JdbcClient jdbc,
      GatewayNames gateways,
      GatewayCertificates certificates,
      Tokens tokens,
      Audit audit) {
    this.jdbc = jdbc;
    this.gateways = gateways;
    this.certificates = certificates;
    this.tokens = tokens;
    this.audit = audit;
  }

  /** New ones in place of all earlier ones. To be called in the holder's tenant. */
  @Transactional
  public Map<String, Object> issue(EnrolmentCodes.Holder holder, String csr) {
    String id = holder.gateway().toString();
    String certificate =
        certificates.issue(holder.tenant(), holder.gateway(), holder.serial(), csr);
    tokens.revoke(holder.tenant(), id);
    String token = tokens.issue(holder.tenant(), "gateway", id);
    // Nobody is signed in: the code stands for whoever made it.
    jdbc.sql(
            "insert into audit (tenant_id, actor, verb, subject) values (?, ?, 'gateway.enrol', ?)")
        .params(holder.tenant(), "gateway:" + id, "gateway:" + id)
        .update();
    return Map.of("certificate", certificate, "token", token);
  }

  @Transactional
  public Map<String, Object> revoke(String name) {
    Gateway gateway = gateways.lock(name);
    int revoked = certificates.revoke(gateway.id());
    tokens.revoke(CallerContext.current().tenant(), gateway.id().toString());
    audit.record("gateway.revoke", "gateway:" + gateway.id(), null, null);
    return Map.of("gateway", gateway.serial(), "certificates", revoked);
  }
}
