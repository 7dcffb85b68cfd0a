package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.CloudAuth.Login;
import io.caravanhub.core.cloud.CloudHttp.Answer;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Changes the code of a consent for tokens: RFC 6749, section 4.1.3. Tried once, for a code is good
 * for one attempt.
 */
public final class CodeExchange {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 200;

  private final Cloud cloud;
  private final CloudHttp http;
  private final Clock clock;

  public CodeExchange(Cloud cloud, CloudHttp http, Clock clock) {
    this.cloud = cloud;
    this.http = http;
    this.clock = clock;
  }

  /**
   * Gets the tokens, which are handed to {@link CloudAccess#renew}.
   *
   * @param redirect as it was when the code was asked for
   * @throws CloudException when the cloud gives none
   */
  public void exchange(CloudAccess access, String code, String redirect, String verifier) {
    CloudAuth auth = cloud.auth();
    Login login = Objects.requireNonNull(auth.login());
    CloudConsent consent = Objects.requireNonNull(auth.consent());
    Map<String, String> fields = new LinkedHashMap<>(login.fields());
    fields.remove("refresh_token");
    fields.put("grant_type", "authorization_code");
    fields.put("code", "{code}");
    fields.put("redirect_uri", "{redirect_uri}");
    if (consent.proof()) {
      fields.put("code_verifier", "{code_verifier}");
    }
    CloudTokens tokens =
        new CloudTokens(
            new CloudAuth(
                auth.type(), auth.headers(), auth.query(), login.with(Map.copyOf(fields))),
            new Once(
                access, Map.of("code", code, "redirect_uri", redirect, "code_verifier", verifier)),
            clock);
    CloudTokens.Order order = tokens.order();
    Map<String, String> headers = new LinkedHashMap<>(order.address().headers());
    headers.put("Accept", "application/json");
    Answer answer =
        http.send(
            CloudTrust.of(access),
            "consent",
            order.method(),
            order.address().uri(Map.of()),
            headers,
            order.body());
    if (answer.status() / 100 == 5) {
      throw CloudException.unavailable("consent: " + answer.status(), null);
    }
    if (answer.status() / 100 != 2) {
      throw CloudException.refused("consent: " + answer.status() + reason(answer.body()));
    }
    tokens.take(answer.body());
  }

  /**
   * What the cloud says of it, RFC 6749 section 5.2: {@code error} and {@code error_description}.
   */
  private static String reason(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      String error = json.path("error").asText("");
      String more = json.path("error_description").asText("");
      String all = (error + (error.isEmpty() || more.isEmpty() ? "" : ": ") + more).strip();
      all = all.replaceAll("\\p{Cntrl}", " ");
      return all.isEmpty() ? "" : ", " + all.substring(0, Math.min(LONGEST, all.length()));
    } catch (IOException e) {
      return "";
    }
  }

  /** The connection's values, and what counts for this exchange alone. */
  private record Once(CloudAccess access, Map<String, String> more) implements CloudAccess {
    @Override
    public @org.jspecify.annotations.Nullable String value(String name) {
      String own = more.get(name);
      return own == null ? access.value(name) : own;
    }

    @Override
    public void renew(Map<String, String> credentials) {
      access.renew(credentials);
    }
  }
}
