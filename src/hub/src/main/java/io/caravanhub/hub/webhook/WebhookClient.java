package io.caravanhub.hub.webhook;

import io.caravanhub.core.webhook.AddressList;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who calls: the address and the client certificate, as the connection shows them, or as a proxy
 * says that is trusted. Thread-safe.
 */
public final class WebhookClient {
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
  private static final Pattern ENVOY = Pattern.compile("(?i)(?:^|[;,])\\s*Hash=\"?([0-9a-f]{64})");

  private final AddressList proxies;
  private final String certificateHeader;

  /**
   * Believes these proxies.
   *
   * @param proxies whose {@code X-Forwarded-For} and certificate header count; empty for none
   * @param certificateHeader header in which they hand on the certificate or its fingerprint; empty
   *     for none
   */
  public WebhookClient(AddressList proxies, String certificateHeader) {
    this.proxies = proxies;
    this.certificateHeader = certificateHeader;
  }

  /** The address it comes from: the last one of the way that is no trusted proxy. */
  String address(HttpServletRequest request) {
    String peer = request.getRemoteAddr();
    if (!proxies.holds(peer)) {
      return peer;
    }
    List<String> way =
        List.of(String.join(",", values(request, "X-Forwarded-For")).strip().split("\\s*,\\s*"));
    String last = peer;
    for (int i = way.size() - 1; i >= 0 && proxies.holds(last); i--) {
      last = way.get(i).isEmpty() ? last : way.get(i);
    }
    return last;
  }

  /** SHA-256 of the client's certificate in lower-case hex, or empty. */
  String certificate(HttpServletRequest request) {
    try {
      if (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain
          && chain.length > 0) {
        return fingerprint(chain[0].getEncoded());
      }
      if (certificateHeader.isEmpty() || !proxies.holds(request.getRemoteAddr())) {
        return "";
      }
      List<String> values = values(request, certificateHeader);
      return values.size() == 1 ? handedOn(values.get(0).strip()) : "";
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return "";
    }
  }

  /** RFC 9440, Envoy's XFCC, PEM as nginx escapes it, or the fingerprint itself. */
  private static String handedOn(String value) throws GeneralSecurityException {
    Matcher envoy = ENVOY.matcher(value);
    if (envoy.find()) {
      return envoy.group(1).toLowerCase(Locale.ROOT);
    }
    if (value.startsWith(":") && value.endsWith(":") && value.length() > 2) {
      return fingerprint(Base64.getDecoder().decode(value.substring(1, value.length() - 1)));
    }
    if (value.startsWith("-----BEGIN")) {
      byte[] pem =
          URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
      return fingerprint(
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem))
              .getEncoded());
    }
    String plain = value.replaceAll("[:-]", "").toLowerCase(Locale.ROOT);
    return plain.matches("[0-9a-f]{64}") ? plain : "";
  }

  private static String fingerprint(byte[] encoded) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
  }

  private static List<String> values(HttpServletRequest request, String name) {
    return Collections.list(request.getHeaders(name));
  }
}
