package io.caravanhub.core.cloud;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the owner of an account says that the hub may read it: OAuth 2.0 authorization code, RFC
 * 6749 section 4.1, with the proof of RFC 7636 unless the cloud cannot bear it.
 *
 * @param authorizeUrl where the browser is sent, with places for settings
 * @param scope what is asked for, blanks between; empty when the cloud knows by itself
 * @param parameters more of the request, such as {@code prompt: consent}
 * @param proof whether a code challenge goes along (S256)
 */
public record CloudConsent(
    String authorizeUrl, String scope, Map<String, String> parameters, boolean proof) {
  public CloudConsent {
    parameters = Map.copyOf(parameters);
  }

  CloudConsent at(String other) {
    return new CloudConsent(other, scope, parameters, proof);
  }

  /**
   * The address to which the browser is sent.
   *
   * @param values settings and credentials of the connection
   * @param redirect where the cloud sends the browser back to
   * @param state comes back unchanged
   * @param verifier of the proof, 43 characters or more; it is sent with the code, not here
   * @throws CloudException when a setting is absent, or the address is none
   */
  public String address(
      Function<String, @Nullable String> values, String redirect, String state, String verifier) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", Template.fill("{client_id}", values));
    query.put("redirect_uri", redirect);
    if (!scope.isEmpty()) {
      query.put("scope", scope);
    }
    query.put("state", state);
    if (proof) {
      query.put("code_challenge", challenge(verifier));
      query.put("code_challenge_method", "S256");
    }
    query.putAll(parameters);
    return new Address(Template.fill(authorizeUrl, values), query, Map.of())
        .uri(Map.of())
        .toString();
  }

  private static String challenge(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
