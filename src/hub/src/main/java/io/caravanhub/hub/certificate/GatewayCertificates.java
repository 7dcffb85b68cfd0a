package io.caravanhub.hub.certificate;

import java.security.cert.X509Certificate;
import java.sql.Timestamp;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The certificates that gateways log in with, one at a time for each, signed by the hub's own
 * authority. Calls are made in the gateway's tenant. Thread-safe.
 */
@Component
public class GatewayCertificates {
  private final JdbcClient jdbc;
  private final TlsStores stores;

  GatewayCertificates(JdbcClient jdbc, TlsStores stores) {
    this.jdbc = jdbc;
    this.stores = stores;
  }

  /**
   * A signing request that its own key has signed.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public void check(String pem) {
    HubAuthority.key(Pem.request(pem));
  }

  /**
   * Signs the request and registers the certificate in place of every earlier one. Its subject is
   * the gateway's serial and its tenant, whatever the request says.
   *
   * @return the certificate in PEM
   * @throws IllegalArgumentException saying what is wrong with the request
   */
  public String issue(String tenant, UUID gateway, String serial, String pem) {
    PKCS10CertificationRequest request = Pem.request(pem);
    X509Certificate certificate = stores.authority().sign(request, tenant, serial);
    revoke(gateway);
    jdbc.sql(
            "insert into gateway_certificates (fingerprint, tenant_id, gateway_id, subject,"
                + " not_after) values (?, ?, ?, left(?, 500), ?)")
        .params(
            Fingerprints.of(certificate),
            tenant,
            gateway,
            certificate.getSubjectX500Principal().getName(),
            Timestamp.from(certificate.getNotAfter().toInstant()))
        .update();
    return Pem.write(certificate);
  }

  /** Refuses the gateway's certificate from now on; returns how many there were, 0 or 1. */
  public int revoke(UUID gateway) {
    return jdbc.sql(
            "update gateway_certificates set revoked_at = now() where gateway_id = ? and revoked_at"
                + " is null")
        .params(gateway)
        .update();
  }

  /** The authorities that the hub's own TLS listener is to be trusted by, in PEM. */
  public String authorities() {
    List<X509Certificate> chain = stores.shown();
    X509Certificate own = stores.authority().certificate();
    X509Certificate top = chain.get(chain.size() - 1);
    return top.equals(own) ? Pem.write(own) : Pem.write(own, top);
  }
}
