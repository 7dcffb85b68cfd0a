package io.caravanhub.core.cloud;

import io.caravanhub.core.cloud.CloudAuth.Login;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the part {@code auth} of a {@code cloud.yaml} or {@code stream.yaml}. */
public final class AuthFile {
  private static final Duration LASTS = Duration.ofMinutes(55);
  private static final Map<String, String> BEARER =
      Map.of("Authorization", "Bearer {access_token}");

  private AuthFile() {}

  /** Reads it. */
  public static CloudAuth read(Place at) {
    if (at.isAbsent()) {
      return CloudAuth.NONE;
    }
    at.only(
        "type",
        "headers",
        "query",
        "token-url",
        "scope",
        "client",
        "login",
        "authorize-url",
        "authorize",
        "pkce",
        "service",
        "region",
        "sign");
    String type = at.text("type", "");
    Map<String, String> headers = at.texts("headers");
    Map<String, String> query = at.texts("query");
    return switch (type) {
      case "none" -> CloudAuth.NONE;
      case "api-key" -> {
        if (headers.isEmpty() && query.isEmpty()) {
          throw at.wrong("headers", "expected the header or query parameter with the key");
        }
        yield new CloudAuth(type, headers, query, null);
      }
      case "basic" -> new CloudAuth(type, Map.of("Authorization", "Basic {basic}"), query, null);
      case "oauth2-client-credentials", "oauth2-refresh-token" ->
          new CloudAuth(type, headers.isEmpty() ? BEARER : headers, query, oauth2(at, type));
      case "oauth2-authorization-code" ->
          new CloudAuth(
              type,
              headers.isEmpty() ? BEARER : headers,
              query,
              oauth2(at, type),
              consent(at),
              null);
      case "aws-sigv4" ->
          new CloudAuth(
              type,
              headers,
              query,
              null,
              null,
              new AwsSignature(
                  at.matching("service", ".+", "a service such as execute-api"),
                  at.matching("region", ".+", "a region, or {region}")));
      case "signed-query" ->
          // What is sent is added with the signature, for it may hold time and nonce.
          new CloudAuth(
              type, Map.of(), Map.of(), null, null, signing(at.at("sign"), headers, query));
      case "session" -> new CloudAuth(type, headers, query, session(at.at("login")));
      default ->
          throw at.wrong(
              "type",
              "expected none, api-key, basic, session, aws-sigv4, signed-query,"
                  + " oauth2-client-credentials, oauth2-refresh-token or oauth2-authorization-code");
    };
  }

  /** RFC 6749, sections 4.4 and 6; the client says who it is in the body or by 2.3.1. */
  private static Login oauth2(Place at, String type) {
    Map<String, String> fields = new LinkedHashMap<>();
    boolean refresh = !type.equals("oauth2-client-credentials");
    fields.put("grant_type", refresh ? "refresh_token" : "client_credentials");
    if (refresh) {
      fields.put("refresh_token", "{refresh_token}");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    switch (at.text("client", "body")) {
      case "body" -> {
        fields.put("client_id", "{client_id}");
        fields.put("client_secret", "{client_secret}");
      }
      case "id" -> fields.put("client_id", "{client_id}");
      case "basic" -> headers.put("Authorization", "Basic {client_basic}");
      default -> throw at.wrong("client", "expected body, id or basic");
    }
    // What was consented to cannot be widened by asking again (RFC 6749, section 6).
    if (!at.text("scope", "").isEmpty() && !type.equals("oauth2-authorization-code")) {
      fields.put("scope", at.text("scope", ""));
    }
    return new Login(
        at.matching("token-url", "(https?://|\\{).+", "an address"),
        "POST",
        headers,
        fields,
        false,
        "/access_token",
        "/refresh_token",
        "/expires_in",
        LASTS);
  }

  private static CloudConsent consent(Place at) {
    return new CloudConsent(
        at.matching("authorize-url", "(https?://|\\{).+", "an address"),
        at.text("scope", ""),
        at.texts("authorize"),
        at.flag("pkce", true));
  }

  private static QuerySignature signing(
      Place at, Map<String, String> headers, Map<String, String> query) {
    at.only("text", "secret", "algorithm", "encoding", "timestamp");
    if (java.util.stream.Stream.of(headers, query)
        .flatMap(sent -> sent.values().stream())
        .noneMatch(value -> value.contains("{signature}"))) {
      throw at.wrong("", "expected {signature} in a header or query parameter");
    }
    return new QuerySignature(
        query,
        headers,
        at.textAsWritten("text"),
        at.text("secret", ""),
        at.matching(
            "algorithm",
            "(hmac-)?(sha1|sha256|sha512|md5)",
            "hmac-sha1, hmac-sha256, hmac-sha512, hmac-md5 or a digest such as sha256"),
        at.matching("encoding", "(hex|HEX|base64)?", "hex, HEX or base64"),
        at.matching("timestamp", "(seconds|millis|iso)?", "seconds, millis or iso"));
  }

  private static Login session(Place at) {
    at.only("url", "method", "headers", "form", "json", "token", "expires", "refresh", "lasts");
    boolean json = !at.at("json").isAbsent();
    return new Login(
        at.matching("url", "(https?://|\\{).+", "an address"),
        at.text("method", "POST"),
        at.texts("headers"),
        at.texts(json ? "json" : "form"),
        json,
        at.matching("token", "/.*", "a JSON Pointer"),
        at.pointer("refresh", ""),
        at.pointer("expires", ""),
        at.duration("lasts", LASTS));
  }
}
