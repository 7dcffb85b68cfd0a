package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.net.URI;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfig;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.validation.CertificateValidationUtil;
import org.jspecify.annotations.Nullable;

/**
 * Agrees with a server on how a connection is secured and who its user is, and checks that the
 * server is the one meant (Part 4, clauses 5.5.4 and 6.1.3). Every refusal says what to do.
 */
final class OpcUaSecurity {
  // A password is encrypted with the first of these that the server takes.
  private static final List<SecurityPolicy> FOR_PASSWORDS =
      List.of(
          SecurityPolicy.Aes256_Sha256_RsaPss,
          SecurityPolicy.Basic256Sha256,
          SecurityPolicy.Aes128_Sha256_RsaOaep);

  private final FieldbusConnection connection;
  private final OpcUaOptions options;
  private final OpcUaPki pki;

  /** Something that only a person can put right. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  OpcUaSecurity(FieldbusConnection connection, OpcUaOptions options, OpcUaPki pki) {
    this.connection = connection;
    this.options = options;
    this.pki = pki;
  }

  /** The endpoint that fits the options, with the address as configured. */
  EndpointDescription choose(List<EndpointDescription> endpoints) {
    List<EndpointDescription> fitting =
        endpoints.stream()
            .filter(
                endpoint ->
                    options.security().getUri().equals(endpoint.getSecurityPolicyUri())
                        && options.messageMode() == endpoint.getSecurityMode())
            .toList();
    if (fitting.isEmpty()) {
      throw refusal(
          "the server offers no "
              + shown(options.security().getUri(), options.messageMode())
              + ": set the options security and messageMode to one of "
              + String.join(
                  ", ",
                  endpoints.stream()
                      .map(e -> shown(e.getSecurityPolicyUri(), e.getSecurityMode()))
                      .distinct()
                      .toList()));
    }
    UserTokenType wanted =
        options.user() == null ? UserTokenType.Anonymous : UserTokenType.UserName;
    EndpointDescription chosen =
        fitting.stream()
            .filter(endpoint -> !tokens(endpoint, wanted).isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    refusal(
                        options.user() == null
                            ? "the server takes no anonymous user: set the options user and"
                                + " password"
                            : "the server takes no user names: leave the option user out"));
    return new EndpointDescription(
        connection.address(),
        chosen.getServer(),
        chosen.getServerCertificate(),
        chosen.getSecurityMode(),
        chosen.getSecurityPolicyUri(),
        chosen.getUserIdentityTokens(),
        chosen.getTransportProfileUri(),
        chosen.getSecurityLevel());
  }

  // Java's own providers do not know the policy's signature by the name that Milo uses.
  private static void provide(SecurityPolicy policy) {
    if (policy == SecurityPolicy.Aes256_Sha256_RsaPss && Security.getProvider("BC") == null) {
      Security.addProvider(new BouncyCastleProvider());
    }
  }

  /** A client's configuration for the endpoint, once its certificate has been found good. */
  OpcUaClientConfigBuilder configure(EndpointDescription endpoint) {
    provide(options.security());
    UserTokenPolicy token =
        options.user() == null ? null : forPassword(tokens(endpoint, UserTokenType.UserName));
    boolean hidden = token != null && policy(token, endpoint) != SecurityPolicy.None;
    if (token != null
        && !hidden
        && options.messageMode() != MessageSecurityMode.SignAndEncrypt
        && !options.plainPassword()) {
      throw refusal(
          "the server wants the password unencrypted: set the options security and messageMode, or"
              + " plainPassword to true when the network is trusted");
    }
    OpcUaClientConfigBuilder config = OpcUaClientConfig.builder().setEndpoint(endpoint);
    if (options.security() == SecurityPolicy.None && !hidden) {
      config.setApplicationUri(OpcUaPki.APPLICATION);
    } else {
      check(certificates(endpoint), endpoint.getServer().getApplicationUri());
      OpcUaPki.Identity own = pki.identity();
      config
          .setApplicationUri(
              CertificateUtil.getSanUri(own.certificate()).orElse(OpcUaPki.APPLICATION))
          .setKeyPair(own.keys())
          .setCertificate(own.certificate())
          .setCertificateChain(new X509Certificate[] {own.certificate()})
          .setCertificateValidator((chain, uri, hosts) -> checkAgain(chain, uri));
    }
    if (token != null) {
      config.setIdentityProvider(
          new UsernameProvider(
              String.valueOf(options.user()),
              options.password() == null ? "" : options.password(),
              (chain, uri, hosts) -> checkAgain(chain, uri),
              offered -> token));
    }
    return config;
  }

  private List<X509Certificate> certificates(EndpointDescription endpoint) {
    ByteString certificate = endpoint.getServerCertificate();
    if (certificate == null || certificate.isNullOrEmpty()) {
      throw refusal("the server has no certificate");
    }
    try {
      return CertificateUtil.decodeCertificates(certificate.bytesOrEmpty());
    } catch (UaException e) {
      throw refusal("the server's certificate cannot be read: " + e.getMessage());
    }
  }

  private void checkAgain(List<X509Certificate> chain, @Nullable String applicationUri)
      throws UaException {
    try {
      check(chain, applicationUri);
    } catch (Refusal e) {
      throw new UaException(StatusCodes.Bad_CertificateUntrusted, e.getMessage(), e);
    }
  }

  private void check(List<X509Certificate> chain, @Nullable String applicationUri) {
    X509Certificate certificate = chain.get(0);
    String shown =
        "the server's certificate "
            + OpcUaPki.thumbprint(certificate)
            + " ("
            + certificate.getSubjectX500Principal()
            + ")";
    Instant now = Instant.now();
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw refusal(
          shown + " has expired on " + certificate.getNotAfter().toInstant() + ": renew it there");
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      throw refusal(
          shown
              + " is valid only from "
              + certificate.getNotBefore().toInstant()
              + ": look at the clocks of both");
    }
    checkHost(certificate, shown);
    if (applicationUri != null) {
      try {
        CertificateValidationUtil.checkApplicationUri(certificate, applicationUri);
      } catch (UaException e) {
        throw refusal(
            shown + " is not for the application the server says it is: " + applicationUri);
      }
    }
    if (options.pinFirst() ? isFirst(certificate, shown) : pki.isTrusted(chain)) {
      return;
    }
    throw refusal(
        shown
            + " is not trusted: compare the thumbprint with the server's, then move "
            + pki.reject(certificate)
            + " into "
            + pki.trustedFolder());
  }

  private boolean isFirst(X509Certificate certificate, String shown) {
    if (pki.isFirst(connection.address(), certificate)) {
      return true;
    }
    throw refusal(
        shown
            + " is another than the first seen there: if it was renewed, remove "
            + pki.pinned(connection.address()));
  }

  private void checkHost(X509Certificate certificate, String shown) {
    String host = options.certificateHost();
    if (host == null) {
      host = URI.create(connection.address()).getHost();
    } else if (host.equals("any")) {
      return;
    }
    try {
      CertificateValidationUtil.checkHostnameOrIpAddress(certificate, host);
    } catch (UaException e) {
      List<String> names = new ArrayList<>(CertificateUtil.getSanDnsNames(certificate));
      names.addAll(CertificateUtil.getSanIpAddresses(certificate));
      throw refusal(
          shown
              + " is for "
              + (names.isEmpty() ? "no host" : String.join(", ", names))
              + ", not for "
              + host
              + ": set the option certificateHost to the name it is for, or to any");
    }
  }

  private UserTokenPolicy forPassword(List<UserTokenPolicy> tokens) {
    return tokens.stream()
        .min(Comparator.comparingInt(OpcUaSecurity::rank))
        .orElseThrow(() -> refusal("the server takes no user names"));
  }

  private static int rank(UserTokenPolicy token) {
    String uri = token.getSecurityPolicyUri();
    if (uri == null || uri.isEmpty()) {
      return FOR_PASSWORDS.size();
    }
    int known = FOR_PASSWORDS.stream().map(SecurityPolicy::getUri).toList().indexOf(uri);
    return known >= 0 ? known : FOR_PASSWORDS.size() + 1;
  }

  private static SecurityPolicy policy(UserTokenPolicy token, EndpointDescription endpoint) {
    String uri = token.getSecurityPolicyUri();
    return SecurityPolicy.fromUriSafe(
            uri == null || uri.isEmpty() ? endpoint.getSecurityPolicyUri() : uri)
        .orElse(SecurityPolicy.None);
  }

  private static List<UserTokenPolicy> tokens(EndpointDescription endpoint, UserTokenType type) {
    UserTokenPolicy[] offered = endpoint.getUserIdentityTokens();
    return offered == null
        ? List.of()
        : java.util.Arrays.stream(offered).filter(token -> token.getTokenType() == type).toList();
  }

  private static String shown(String policyUri, MessageSecurityMode mode) {
    return policyUri.substring(policyUri.indexOf('#') + 1) + "/" + mode;
  }

  private Refusal refusal(String message) {
    return new Refusal(connection.device() + ": " + message);
  }

  /** The failure to connect, with what it means and what to do. */
  static Throwable explained(
      Throwable failure, FieldbusConnection connection, OpcUaOptions options, OpcUaPki pki) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal) {
        return cause;
      }
    }
    UaException answer = UaException.extract(failure).orElse(null);
    if (answer == null) {
      return failure;
    }
    long code = answer.getStatusCode().getValue();
    String name = OpcUaValues.name(answer.getStatusCode());
    if (code == StatusCodes.Bad_UserAccessDenied
        || code == StatusCodes.Bad_IdentityTokenRejected
        || code == StatusCodes.Bad_IdentityTokenInvalid) {
      return new IOException(
          connection.device()
              + (options.user() == null
                  ? ": the server takes no anonymous user: set the options user and password"
                  : ": the server refuses the user " + options.user() + " or the password")
              + " ("
              + name
              + ")",
          failure);
    }
    if (options.security() != SecurityPolicy.None
        && (code == StatusCodes.Bad_SecurityChecksFailed
            || code == StatusCodes.Bad_CertificateUntrusted
            || code == StatusCodes.Bad_CertificateUseNotAllowed)) {
      return new IOException(
          connection.device()
              + ": the server does not trust this application's certificate: trust "
              + pki.ownCertificate()
              + ", thumbprint "
              + OpcUaPki.thumbprint(pki.identity().certificate())
              + ", in the server ("
              + name
              + ")",
          failure);
    }
    return failure;
  }
}
