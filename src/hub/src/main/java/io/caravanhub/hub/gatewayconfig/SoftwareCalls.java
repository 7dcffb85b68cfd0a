package io.caravanhub.hub.gatewayconfig;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import io.caravanhub.hub.registry.Audit;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
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
 * Releases of the gateway's software. The hub hands them on and never vouches for them: a gateway
 * takes none that its own public key does not verify. Thread-safe.
 */
@Component("gatewaySoftware")
public class SoftwareCalls {
  private static final String RELEASE =
      "select version, sha256, signature, size, url, author, created_at from gateway_software ";
  private static final int SIGNATURE_BYTES = 64;

  private final JdbcClient jdbc;
  private final GatewayNames gateways;
  private final GatewayReports reports;
  private final SoftwareShelf shelf;
  private final Audit audit;

  SoftwareCalls(
      JdbcClient jdbc,
      GatewayNames gateways,
      GatewayReports reports,
      SoftwareShelf shelf,
      Audit audit) {
    this.jdbc = jdbc;
    this.gateways = gateways;
    this.reports = reports;
    this.shelf = shelf;
    this.audit = audit;
  }

  /**
   * A release.
   *
   * @param signature Ed25519 over the file, in base64
   * @param size bytes, once the file is here
   * @param url where the file is, when it is not with the hub
   */
  public record Release(
      String version,
      String sha256,
      String signature,
      @Nullable Long size,
      @Nullable String url,
      String author,
      @JsonProperty("created_at") Instant createdAt) {}

  /** {@code GET /gateway-software}, newest first. */
  public Page<Release> list() {
    return new Page<>(
        jdbc.sql(RELEASE + "order by created_at desc limit 500").query(Release.class).list(), null);
  }

  /**
   * {@code POST /gateway-software {version, sha256, signature, url?}}: its file is put with {@code
   * PUT /gateway-software/{version}/file} unless the address says where it is.
   */
  @Transactional
  public Release register(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("version", "sha256", "signature", "url"));
    String version = fields.text("version");
    if (!version.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")) {
      throw ProblemException.badField(
          "version", "expected 1 to 64 letters, digits or . _ + -, not a sign first");
    }
    String sha256 = fields.text("sha256");
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw ProblemException.badField("sha256", "expected 64 small hexadecimal digits");
    }
    String url = fields.optionalText("url");
    if (url != null && !url.matches("https?://\\S+")) {
      throw ProblemException.badField("url", "expected http:// or https://");
    }
    try {
      jdbc.sql(
              "insert into gateway_software (tenant_id, version, sha256, signature, url, author)"
                  + " values (?, ?, ?, ?, ?, ?)")
          .params(
              CallerContext.current().tenant(),
              version,
              sha256,
              signature(fields.text("signature")),
              url,
              GatewayNames.actor())
          .update();
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict(
          "version", "there is a release " + version + " already; a release never changes");
    }
    Release release = require(version);
    audit.record("gateway-software.register", "gateway-software:" + version, null, release);
    return release;
  }

  /** {@code DELETE /gateway-software/{version}}; 409 while a gateway is to run it. */
  @Transactional
  public Release delete(@Header("softwareVersion") String version) {
    Release release = require(version);
    List<String> wanted =
        jdbc.sql("select serial from gateways where desired_software = ? order by serial limit 3")
            .param(version)
            .query(String.class)
            .list();
    if (!wanted.isEmpty()) {
      throw ProblemException.conflict(
          "version", "is what gateways are to run: " + String.join(", ", wanted));
    }
    jdbc.sql("delete from gateway_software where version = ?").param(version).update();
    shelf.drop(CallerContext.current().tenant(), version);
    audit.record("gateway-software.delete", "gateway-software:" + version, release, null);
    return release;
  }

  /** {@code PUT /gateways/{g}/software {version}}: what it is to run; null for what it has. */
  @Transactional
  public Map<String, @Nullable Object> desire(
      @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    Gateway gateway = gateways.lock(name);
    Fields fields = Fields.of(body);
    fields.only(List.of("version"));
    String version = fields.optionalText("version");
    if (version != null) {
      Release release = require(version);
      if (release.url() == null && release.size() == null) {
        throw ProblemException.conflict(
            "version", "has no file yet: PUT /gateway-software/" + version + "/file");
      }
    }
    jdbc.sql("update gateways set desired_software = ? where id = ?")
        .params(version, gateway.id())
        .update();
    Map<String, @Nullable Object> after = new LinkedHashMap<>();
    after.put("gateway", gateway.serial());
    after.put("version", version);
    audit.record("gateway.software", "gateway:" + gateway.id(), null, after);
    return after;
  }

  /**
   * {@code GET /gateways/{g}/software}: what the gateway is to run; {@code version} is null when
   * nobody has said.
   */
  public Map<String, @Nullable Object> get(@Header("gatewayId") String name) {
    Gateway gateway = gateways.require(name);
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    String version = gateway.desiredSoftware();
    Release release = version == null ? null : find(version).orElse(null);
    answer.put("version", release == null ? null : release.version());
    if (release != null) {
      answer.put("sha256", release.sha256());
      answer.put("signature", release.signature());
      answer.put("size", release.size());
      answer.put(
          "url",
          release.url() != null
              ? release.url()
              : "/api/v1/gateway-software/" + release.version() + "/file");
    }
    return answer;
  }

  /** {@code POST /gateways/{g}/software/report {version, state, error?}}. */
  public Map<String, Object> report(
      @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    return reports.add(name, "software", body);
  }

  Optional<Release> find(String version) {
    return jdbc.sql(RELEASE + "where version = ?").param(version).query(Release.class).optional();
  }

  Release require(String version) {
    return find(version).orElseThrow(() -> ProblemException.notFound("release", version));
  }

  private static String signature(String text) {
    try {
      if (Base64.getDecoder().decode(text).length == SIGNATURE_BYTES) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw ProblemException.badField(
        "signature", "expected an Ed25519 signature over the file: 64 bytes in base64");
  }
}
