package io.caravanhub.hub.certificate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The certificates that devices log in with. A device has one at a time, known by its fingerprint:
 * what stands in its subject decides nothing. Thread-safe.
 */
@Component("deviceCertificates")
public class DeviceCertificates {
  private final JdbcClient jdbc;
  private final DeviceDirectory devices;
  private final Tokens tokens;
  private final Audit audit;
  private final TlsStores stores;
  private final ObjectMapper json;

  public DeviceCertificates(
      JdbcClient jdbc,
      DeviceDirectory devices,
      Tokens tokens,
      Audit audit,
      TlsStores stores,
      ObjectMapper json) {
    this.jdbc = jdbc;
    this.devices = devices;
    this.tokens = tokens;
    this.audit = audit;
    this.stores = stores;
    this.json = json;
  }

  /**
   * {@code PUT /devices/{d}/certificate}: body in is PEM, alone or as the field {@code certificate}
   * of a JSON object. A certificate is registered as it is; a signing request is signed by the
   * hub's own authority first, and the answer holds the certificate. Every earlier one is revoked.
   */
  @Transactional
  public Map<String, Object> register(@Header("deviceId") String name, @Body byte[] body) {
    Device device = require(name);
    String pem = pem(body);
    boolean request = pem.contains("-----BEGIN CERTIFICATE REQUEST-----");
    X509Certificate certificate = request ? signed(device, pem) : given(pem);
    byte[] fingerprint = Fingerprints.of(certificate);
    revokeAll(device);
    keep(device, certificate, fingerprint);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", device.id().toString());
    answer.put("fingerprint", HexFormat.of().formatHex(fingerprint));
    answer.put("subject", certificate.getSubjectX500Principal().getName());
    answer.put("not_after", certificate.getNotAfter().toInstant().toString());
    audit.record("device.certificate.register", "device:" + device.id(), null, answer);
    if (request) {
      answer.put("certificate", Pem.write(certificate));
    }
    answer.put("ca", Pem.write(stores.authority().certificate()));
    tokens.announce(device.tenant(), device.id().toString());
    return answer;
  }

  /** {@code DELETE /devices/{d}/certificate}: it is refused from now on. */
  @Transactional
  public Map<String, Object> revoke(@Header("deviceId") String name) {
    Device device = require(name);
    int revoked = revokeAll(device);
    audit.record("device.certificate.revoke", "device:" + device.id(), null, null);
    tokens.announce(device.tenant(), device.id().toString());
    return Map.of("id", device.id().toString(), "revoked", revoked);
  }

  /** The device or gateway that shows this certificate, as a caller. */
  public Optional<HubPrincipal> authenticate(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateException e) {
      return Optional.empty();
    }
    return jdbc.sql("select tenant_id, role, subject from certificate_holder(?)")
        .params(Fingerprints.of(certificate))
        .query((row, n) -> new HubPrincipal(row.getString(1), row.getString(2), row.getString(3)))
        .optional();
  }

  private Device require(String name) {
    return devices
        .find(CallerContext.current().tenant(), name)
        .orElseThrow(() -> ProblemException.notFound("device", name));
  }

  private String pem(byte @Nullable [] body) {
    String text = body == null ? "" : new String(body, StandardCharsets.UTF_8).strip();
    if (!text.startsWith("{")) {
      return text;
    }
    try {
      return json.readTree(text).path("certificate").asText();
    } catch (JsonProcessingException e) {
      throw ProblemException.badField("body", "is neither PEM nor JSON");
    }
  }

  private X509Certificate signed(Device device, String pem) {
    try {
      return stores.authority().sign(Pem.request(pem), device.tenant(), device.id().toString());
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("certificate", "the signing request " + e.getMessage());
    }
  }

  private X509Certificate given(String pem) {
    try {
      X509Certificate certificate = Pem.certificates(pem).get(0);
      certificate.checkValidity();
      if (!stores.trusts(certificate)) {
        throw ProblemException.badField(
            "certificate",
            "is signed by none of the client authorities, so that the TLS handshake would refuse"
                + " it; set HUB_MQTTS_CLIENT_CA, or send a signing request");
      }
      return certificate;
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("certificate", String.valueOf(e.getMessage()));
    } catch (CertificateException e) {
      throw ProblemException.badField("certificate", "is not valid now: " + e.getMessage());
    }
  }

  private int revokeAll(Device device) {
    return jdbc.sql(
            "update device_certificates set revoked_at = now() where device_id = ? and revoked_at"
                + " is null")
        .params(device.id())
        .update();
  }

  private void keep(Device device, X509Certificate certificate, byte[] fingerprint) {
    int again =
        jdbc.sql(
                "update device_certificates set revoked_at = null where fingerprint = ? and"
                    + " device_id = ?")
            .params(fingerprint, device.id())
            .update();
    if (again == 1) {
      return;
    }
    try {
      jdbc.sql(
              "insert into device_certificates (fingerprint, tenant_id, device_id, subject,"
                  + " not_after) values (?, ?, ?, left(?, 500), ?)")
          .params(
              fingerprint,
              device.tenant(),
              device.id(),
              certificate.getSubjectX500Principal().getName(),
              Timestamp.from(certificate.getNotAfter().toInstant()))
          .update();
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("certificate", "is registered with another device");
    }
  }
}
