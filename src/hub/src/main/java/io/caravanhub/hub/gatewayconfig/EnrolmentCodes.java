package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import io.caravanhub.hub.registry.Audit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * One-time codes of 80 random bits, in Crockford's Base32, which holds no letters that are read for
 * others. Only their SHA-256 is kept. Thread-safe.
 */
@Component
class EnrolmentCodes {
  private static final String SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 16;
  private static final int GROUP = 4;
  private static final Duration LIFE = Duration.ofHours(24);
  private static final int MOST_AN_HOUR = 20;

  private final JdbcClient jdbc;
  private final GatewayNames gateways;
  private final Audit audit;
  private final SecureRandom random = new SecureRandom();

  EnrolmentCodes(JdbcClient jdbc, GatewayNames gateways, Audit audit) {
    this.jdbc = jdbc;
    this.gateways = gateways;
    this.audit = audit;
  }

  /** The gateway that a code was made for. */
  record Holder(String tenant, UUID gateway, String serial) {}

  @Transactional
  public Map<String, Object> make(String name) {
    Gateway gateway = gateways.lock(name);
    if (!gateway.status().equals("active")) {
      throw ProblemException.conflict("gateway", "is " + gateway.status());
    }
    int made =
        jdbc.sql(
                "select count(*) from gateway_enrolments where gateway_id = ? and created_at >"
                    + " now() - interval '1 h'")
            .param(gateway.id())
            .query(Integer.class)
            .single();
    if (made >= MOST_AN_HOUR) {
      throw ProblemException.tooMany(
          "a gateway gets " + MOST_AN_HOUR + " codes an hour at most", Duration.ofMinutes(10));
    }
    jdbc.sql(
            "update gateway_enrolments set expires_at = now() where gateway_id = ? and used_at is"
                + " null and expires_at > now()")
        .param(gateway.id())
        .update();
    String code = fresh();
    Instant expires = Instant.now().plus(LIFE).truncatedTo(ChronoUnit.SECONDS);
    jdbc.sql(
            "insert into gateway_enrolments (code_hash, tenant_id, gateway_id, created_by,"
                + " expires_at) values (?, ?, ?, ?, ?)")
        .params(
            hash(code),
            CallerContext.current().tenant(),
            gateway.id(),
            GatewayNames.actor(),
            Timestamp.from(expires))
        .update();
    audit.record(
        "gateway.enrolment-code",
        "gateway:" + gateway.id(),
        null,
        Map.of("expires", expires.toString()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("gateway", gateway.serial());
    answer.put("code", code);
    answer.put("expires", expires.toString());
    return answer;
  }

  /** Takes a code: whoever shows it again finds nothing. Needs no tenant. */
  Optional<Holder> use(String code, String from) {
    return jdbc.sql("select tenant_id, gateway_id, serial from use_enrolment_code(?, ?)")
        .params(hash(code), from)
        .query(
            (row, n) ->
                new Holder(row.getString(1), row.getObject(2, UUID.class), row.getString(3)))
        .optional();
  }

  private String fresh() {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < LENGTH; i++) {
      if (i > 0 && i % GROUP == 0) {
        code.append('-');
      }
      code.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
    }
    return code.toString();
  }

  /** As a person may type it: any case, with blanks, O for 0, I or L for 1. */
  private static byte[] hash(String code) {
    String plain =
        code.toUpperCase(Locale.ROOT)
            .replaceAll("[^0-9A-Z]", "")
            .replace('O', '0')
            .replaceAll("[IL]", "1");
    try {
      return MessageDigest.getInstance("SHA-256").digest(plain.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
