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
    at.only("type", "headers", "query", "token-url", "scope", "client", "login");
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
      case "session" -> new CloudAuth(type, headers, query, session(at.at("login")));
      default ->
          throw at.wrong(
              "type",
              "expected none, api-key, basic, session, oauth2-client-credentials or"
                  + " oauth2-refresh-token");
    };
  }

  /** RFC 6749, sections 4.4 and 6; the client says who it is in the body or by 2.3.1. */
  private static Login oauth2(Place at, String type) {
    Map<String, String> fields = new LinkedHashMap<>();
    boolean refresh = type.equals("oauth2-refresh-token");
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
    if (!at.text("scope", "").isEmpty()) {
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
