package io.caravanhub.testkit.scaffold;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the hub is to say who it is.
 *
 * @param declared the part {@code auth} of {@code cloud.yaml}
 * @param settings what a connection needs for it
 * @param headers that the scripted cloud wants in every call
 * @param query likewise
 * @param token path of the call for a token; empty when there is none
 */
record AuthDraft(
    Map<String, Object> declared,
    List<Setting> settings,
    Map<String, String> headers,
    Map<String, String> query,
    String token) {

  /** One setting of a connection. */
  record Setting(String name, String title, String description, boolean secret) {
    String test() {
      return name.replace('_', '-') + "-of-the-test";
    }
  }

  private static final Setting KEY =
      new Setting("api_key", "API key", "The key that the cloud gave this customer", true);
  private static final List<Setting> PASSWORD =
      List.of(
          new Setting("user", "User", "The account with the OEM", false),
          new Setting("password", "Password", "Of the same account", true));
  private static final List<Setting> CLIENT =
      List.of(
          new Setting(
              "client_id", "Client id", "Of the application that the OEM registered", false),
          new Setting("client_secret", "Client secret", "Of the same application", true));
  private static final Setting REFRESH =
      new Setting("refresh_token", "Refresh token", "Had when the customer consented", true);

  static final AuthDraft UNKNOWN = key("X-Api-Key", "", true);

  static AuthDraft none() {
    return new AuthDraft(Map.of("type", "none"), List.of(), Map.of(), Map.of(), "");
  }

  /** A key in a header or a query parameter. */
  static AuthDraft key(String name, String prefix, boolean header) {
    Map<String, Object> declared = new LinkedHashMap<>();
    declared.put("type", "api-key");
    declared.put(header ? "headers" : "query", Map.of(name, prefix + "{api_key}"));
    Map<String, String> sent = Map.of(name, prefix + KEY.test());
    return new AuthDraft(
        declared, List.of(KEY), header ? sent : Map.of(), header ? Map.of() : sent, "");
  }

  static AuthDraft basic() {
    String pair = PASSWORD.get(0).test() + ":" + PASSWORD.get(1).test();
    String sent =
        "Basic "
            + java.util.Base64.getEncoder()
                .encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new AuthDraft(
        Map.of("type", "basic"), PASSWORD, Map.of("Authorization", sent), Map.of(), "");
  }

  /** RFC 6749, 4.4 or, with a refresh token, 6. */
  static AuthDraft oauth2(boolean refresh, String tokenUrl, String scope) {
    Map<String, Object> declared = new LinkedHashMap<>();
    declared.put("type", refresh ? "oauth2-refresh-token" : "oauth2-client-credentials");
    declared.put("token-url", tokenUrl);
    if (!scope.isEmpty()) {
      declared.put("scope", scope);
    }
    List<Setting> settings = new java.util.ArrayList<>(CLIENT);
    if (refresh) {
      settings.add(REFRESH);
    }
    return bearer(declared, settings, tokenUrl);
  }

  /** RFC 6749, 4.3, as a login. */
  static AuthDraft password(String tokenUrl) {
    Map<String, Object> login = new LinkedHashMap<>();
    login.put("url", tokenUrl);
    login.put(
        "form", Map.of("grant_type", "password", "username", "{user}", "password", "{password}"));
    login.put("token", "/access_token");
    login.put("expires", "/expires_in");
    Map<String, Object> declared = new LinkedHashMap<>();
    declared.put("type", "session");
    declared.put("login", login);
    declared.put("headers", Map.of("Authorization", "Bearer {access_token}"));
    return bearer(declared, PASSWORD, tokenUrl);
  }

  private static AuthDraft bearer(
      Map<String, Object> declared, List<Setting> settings, String tokenUrl) {
    return new AuthDraft(
        declared,
        settings,
        Map.of("Authorization", "Bearer token-of-the-test"),
        Map.of(),
        java.net.URI.create(tokenUrl).getPath());
  }
}
