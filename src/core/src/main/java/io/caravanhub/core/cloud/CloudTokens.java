package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.cloud.CloudAuth.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The token of a connection: whether it is good, how a new one is had. Not thread-safe. */
final class CloudTokens {
  private static final String TOKEN = "access_token";
  private static final String EXPIRES = "access_token_expires";
  private static final String REFRESH = "refresh_token";

  /** A token that would end while a request is on its way is renewed before. */
  private static final long MARGIN_SECONDS = 30;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final CloudAuth auth;
  private final CloudAccess access;
  private final Clock clock;
  private final Map<String, String> renewed = new LinkedHashMap<>();

  /** A login, ready to be sent. */
  record Order(String method, Address address, byte[] body) {}

  CloudTokens(CloudAuth auth, CloudAccess access, Clock clock) {
    this.auth = auth;
    this.access = access;
    this.clock = clock;
  }

  boolean canRenew() {
    return auth.login() != null;
  }

  boolean isNeeded() {
    if (auth.login() == null) {
      return false;
    }
    String expires = value(EXPIRES);
    try {
      return value(TOKEN) == null
          || expires == null
          || Instant.parse(expires).isBefore(clock.instant().plusSeconds(MARGIN_SECONDS));
    } catch (DateTimeParseException e) {
      return true;
    }
  }

  Map<String, String> headers() {
    return filled(auth.headers());
  }

  Map<String, String> query() {
    return filled(auth.query());
  }

  /** A setting or credential, the renewed ones first. */
  @Nullable String value(String name) {
    return switch (name) {
      case "basic" -> basic("user", "password");
      case "client_basic" -> basic("client_id", "client_secret");
      default -> renewed.containsKey(name) ? renewed.get(name) : access.value(name);
    };
  }

  Order order() {
    Login login = Objects.requireNonNull(auth.login());
    if (auth.consent() != null && value(REFRESH) == null) {
      throw CloudException.refused(
          "login: nobody has consented yet, or the consent has ended: give it in the console");
    }
    Map<String, String> headers = new LinkedHashMap<>(filled(login.headers()));
    Map<String, String> fields = filled(login.fields());
    byte[] body = new byte[0];
    if (!fields.isEmpty()) {
      headers.put(
          "Content-Type", login.json() ? "application/json" : "application/x-www-form-urlencoded");
      body = (login.json() ? json(fields) : form(fields)).getBytes(StandardCharsets.UTF_8);
    }
    return new Order(
        login.method(),
        new Address(Template.fill(login.url(), this::value), Map.of(), headers),
        body);
  }

  /** Keeps what the answer to a login brought, before it is used for the first time. */
  void take(byte[] answer) {
    Login login = Objects.requireNonNull(auth.login());
    JsonNode json;
    try {
      json = JSON.readTree(answer);
    } catch (IOException e) {
      throw CloudException.unavailable("login: the answer is not JSON", null);
    }
    String token = Parts.text(json, login.token());
    if (token == null) {
      throw CloudException.refused("login: no token in the answer");
    }
    String lasts = login.expires().isEmpty() ? null : Parts.text(json, login.expires());
    long seconds =
        lasts != null && lasts.matches("\\d{1,9}")
            ? Long.parseLong(lasts)
            : login.lasts().toSeconds();
    Map<String, String> credentials = new LinkedHashMap<>();
    credentials.put(TOKEN, token);
    credentials.put(EXPIRES, clock.instant().plusSeconds(seconds).toString());
    String refresh = login.refresh().isEmpty() ? null : Parts.text(json, login.refresh());
    if (refresh != null) {
      credentials.put(REFRESH, refresh);
    }
    access.renew(credentials);
    renewed.putAll(credentials);
  }

  private Map<String, String> filled(Map<String, String> templates) {
    Map<String, String> filled = new LinkedHashMap<>();
    templates.forEach((name, text) -> filled.put(name, Template.fill(text, this::value)));
    return filled;
  }

  private @Nullable String basic(String user, String password) {
    String name = value(user);
    String secret = value(password);
    return name == null || secret == null
        ? null
        : Base64.getEncoder()
            .encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Map<String, String> fields) {
    ObjectNode object = JSON.createObjectNode();
    fields.forEach(object::put);
    return object.toString();
  }

  private static String form(Map<String, String> fields) {
    StringJoiner form = new StringJoiner("&");
    fields.forEach((name, value) -> form.add(Address.encode(name) + "=" + Address.encode(value)));
    return form.toString();
  }
}
