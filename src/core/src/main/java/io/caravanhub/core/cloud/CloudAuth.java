package io.caravanhub.core.cloud;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How requests say who is asking.
 *
 * @param type as declared: {@code none}, {@code api-key}, {@code basic}, {@code session}, {@code
 *     aws-sigv4}, {@code signed-query}, {@code oauth2-client-credentials}, {@code
 *     oauth2-refresh-token} or {@code oauth2-authorization-code}
 * @param headers sent with every request, filled in from the credentials
 * @param query likewise, as query parameters
 * @param login how a token is had, or null when none is needed
 * @param consent where the owner of the account consents, or null when nobody has to
 * @param signing how each request is signed, or null when none is
 */
public record CloudAuth(
    String type,
    Map<String, String> headers,
    Map<String, String> query,
    @Nullable Login login,
    @Nullable CloudConsent consent,
    @Nullable Signing signing) {
  static final CloudAuth NONE = new CloudAuth("none", Map.of(), Map.of(), null);

  CloudAuth(
      String type, Map<String, String> headers, Map<String, String> query, @Nullable Login login) {
    this(type, headers, query, login, null, null);
  }

  /**
   * A request for a token. What comes of it are credentials: {@code access_token}, {@code
   * refresh_token}.
   *
   * @param fields of the form or the JSON object that is sent
   * @param json whether it is JSON
   * @param token JSON Pointer to the token in the answer
   * @param refresh JSON Pointer to a refresh token; one that comes replaces the one before
   * @param expires JSON Pointer to the seconds it lasts
   * @param lasts how long it lasts when the answer does not say
   */
  public record Login(
      String url,
      String method,
      Map<String, String> headers,
      Map<String, String> fields,
      boolean json,
      String token,
      String refresh,
      String expires,
      Duration lasts) {
    public Login {
      headers = Map.copyOf(headers);
      fields = Map.copyOf(fields);
    }

    Login with(Map<String, String> other) {
      return new Login(url, method, headers, other, json, token, refresh, expires, lasts);
    }

    Login at(String other) {
      return new Login(other, method, headers, fields, json, token, refresh, expires, lasts);
    }
  }

  public CloudAuth {
    headers = Map.copyOf(headers);
    query = Map.copyOf(query);
  }
}
