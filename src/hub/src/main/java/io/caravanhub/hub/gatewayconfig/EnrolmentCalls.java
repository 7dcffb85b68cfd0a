package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.certificate.GatewayCertificates;
import io.caravanhub.hub.database.TenantScope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The calls by which a gateway comes to its credentials: an admin has a code made, the gateway
 * shows it once. Thread-safe.
 */
@Component("gatewayEnrolment")
public class EnrolmentCalls {
  private final EnrolmentCodes codes;
  private final GatewayCredentials credentials;
  private final GatewayCertificates certificates;
  private final EnrolmentGuesses guesses = new EnrolmentGuesses();
  private final @Nullable String outside;
  private final int securePort;

  EnrolmentCalls(
      EnrolmentCodes codes,
      GatewayCredentials credentials,
      GatewayCertificates certificates,
      @Value("${hub.mqtt.url:#{null}}") @Nullable String outside,
      @Value("${hub.mqtts.port}") int securePort) {
    this.codes = codes;
    this.credentials = credentials;
    this.certificates = certificates;
    this.outside = outside == null || outside.isBlank() ? null : outside;
    this.securePort = securePort;
  }

  /**
   * {@code POST /gateways/{g}/enrolment-codes}: the code, shown this once; every earlier one of the
   * gateway that is not used yet ends.
   */
  public Map<String, Object> code(@Header("gatewayId") String gateway) {
    return codes.make(gateway);
  }

  /** {@code DELETE /gateways/{g}/credentials}: token and certificate are refused from now on. */
  public Map<String, Object> revoke(@Header("gatewayId") String gateway) {
    return credentials.revoke(gateway);
  }

  /**
   * {@code POST /enrol {code, csr}}, without login: the certificate and the token of the gateway
   * that the code was made for. A request that cannot be signed does not use the code up.
   */
  public Map<String, Object> enrol(Exchange exchange, @Body byte @Nullable [] body) {
    HttpServletRequest request =
        exchange.getMessage() instanceof PlatformHttpMessage http ? http.getRequest() : null;
    String from = request == null ? "" : request.getRemoteAddr();
    guesses.admit(from);
    Fields fields = Fields.of(body);
    fields.only(List.of("code", "csr"));
    String csr = fields.whole("csr");
    try {
      certificates.check(csr == null ? "" : csr);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("csr", String.valueOf(e.getMessage()));
    }
    EnrolmentCodes.Holder holder = codes.use(fields.text("code"), from).orElse(null);
    if (holder == null) {
      guesses.wrong(from);
      throw ProblemException.badField(
          "code",
          "is not a code of this hub, or is used or older than 24 hours; have a new one made");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("gateway", holder.serial());
    answer.put("tenant", holder.tenant());
    TenantScope.run(
        holder.tenant(), () -> answer.putAll(credentials.issue(holder, String.valueOf(csr))));
    answer.put("authorities", certificates.authorities());
    answer.put("mqtt", broker(request));
    return answer;
  }

  /** Where gateways find the broker: at the host that this one knows the hub by. */
  private String broker(@Nullable HttpServletRequest request) {
    return outside != null
        ? outside
        : "ssl://" + (request == null ? "localhost" : request.getServerName()) + ":" + securePort;
  }
}
