package io.caravanhub.core.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.address.GatedHttp;
import io.caravanhub.core.address.GatedHttp.NoAnswerException;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.Template;
import io.caravanhub.core.cloud.TokenLogin;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.mapping.MappingException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one connection of a product, each made once and its answer classified; nothing is
 * repeated but a call that was refused for a token that had ended. Thread-safe.
 */
public final class FsmClient {
  /** The most bytes of an answer that are taken. */
  public static final int LARGEST_ANSWER = 4 * 1024 * 1024;

  private final FsmAdapter adapter;
  private final CloudAccess access;
  private final GatedHttp http;
  private final Duration timeout;
  private final TokenLogin login;

  /**
   * @param timeout of a whole call, or null for what the product's declaration says
   */
  public FsmClient(
      FsmAdapter adapter,
      CloudAccess access,
      GatedHttp http,
      Clock clock,
      @Nullable Duration timeout) {
    this.adapter = adapter;
    this.access = access;
    this.http = http;
    this.timeout = timeout == null ? adapter.product().timeout() : timeout;
    this.login = TokenLogin.of(adapter.product().auth(), access, clock);
  }

  /** The adapter that is spoken through. */
  public FsmAdapter adapter() {
    return adapter;
  }

  /** A setting or credential of the connection, or null. */
  public @Nullable String setting(String name) {
    return access.value(name);
  }

  /** The address of an order's page for people, where the product has one. */
  public Optional<String> page(FsmFacts facts) {
    String page = adapter.product().page();
    if (page == null || facts.value("id") == null) {
      return Optional.empty();
    }
    String filled =
        Template.fill(
            page, name -> facts.value(name) == null ? open(name) : encoded(facts.value(name)));
    return Optional.of(filled).filter(p -> p.matches("https?://[^\\s\"<>]+"));
  }

  /** A setting that is no secret. */
  private @Nullable String open(String name) {
    JsonNode schema = adapter.product().settings().at("/properties").path(name);
    return schema.path("format").asText().equals("password") ? "" : access.value(name);
  }

  /** Makes a call. It never throws: what went wrong is in the answer. */
  public FsmAnswer send(FsmCall call, FsmFacts facts) {
    try {
      FsmAnswer renewed = renewToken(false);
      if (renewed != null) {
        return renewed;
      }
      GatedHttp.Answer answer = once(call, facts);
      if (answer.status() == 401 && login.canRenew()) {
        renewed = renewToken(true);
        if (renewed != null) {
          return renewed;
        }
        answer = once(call, facts);
      }
      return read(call, facts, FsmAnswers.classified(adapter.product(), answer));
    } catch (NoAnswerException e) {
      return FsmAnswers.none(e);
    } catch (CloudException e) {
      Outcome outcome =
          switch (e.kind()) {
            case REFUSED -> Outcome.REFUSED;
            case UNAVAILABLE, LIMITED -> Outcome.BUSY;
            case WRONG -> Outcome.REJECTED;
          };
      return FsmAnswers.unsent(outcome, "not sent: " + e.reason());
    } catch (MappingException e) {
      return FsmAnswers.unsent(Outcome.REJECTED, "not sent: " + e.getMessage());
    }
  }

  private GatedHttp.Answer once(FsmCall call, FsmFacts facts) throws NoAnswerException {
    FsmProduct product = adapter.product();
    Function<String, @Nullable String> values = name -> value(facts, name);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("User-Agent", "caravan-hub");
    fill(product.headers(), values, headers);
    byte[] body = new byte[0];
    if (call.body() != null) {
      headers.put("Content-Type", "application/json");
      body =
          adapter
              .mappings()
              .apply(call.body(), facts.input(), bindings(facts))
              .toString()
              .getBytes(StandardCharsets.UTF_8);
    }
    fill(call.headers(), values, headers);
    Map<String, String> query = new LinkedHashMap<>();
    fill(call.query(), values, query);
    synchronized (login) {
      headers.putAll(login.headers());
      query.putAll(login.query());
    }
    String base = Template.fill(product.base(), values).replaceAll("/+$", "");
    if (base.contains("?") || base.contains("#")) {
      // The path would be taken for a part of it.
      throw new NoAnswerException("the address may have no ? and no # in it", false);
    }
    String path = Template.fill(call.path(), name -> encoded(value(facts, name)));
    return http.send(call.method(), uri(base + path, query), headers, body, timeout);
  }

  private @Nullable FsmAnswer renewToken(boolean anyway) throws NoAnswerException {
    synchronized (login) {
      if (!anyway && !login.isNeeded()) {
        return null;
      }
      TokenLogin.Request request = login.request();
      GatedHttp.Answer answer =
          unsent(
              () ->
                  http.send(
                      request.method(), request.uri(), request.headers(), request.body(), timeout));
      if (answer.status() / 100 != 2) {
        return FsmAnswers.unsent(
            answer.status() >= 500 || answer.status() == 429 ? Outcome.BUSY : Outcome.REFUSED,
            "login: HTTP " + answer.status());
      }
      login.take(answer.body());
      return null;
    }
  }

  /** A login that came to nothing sent no order, whatever became of the login. */
  private static GatedHttp.Answer unsent(Sending sending) throws NoAnswerException {
    try {
      return sending.send();
    } catch (NoAnswerException e) {
      throw new NoAnswerException("login: " + e.getMessage(), false);
    }
  }

  private interface Sending {
    GatedHttp.Answer send() throws NoAnswerException;
  }

  private FsmAnswer read(FsmCall call, FsmFacts facts, FsmAnswer answer) {
    if (!answer.success()) {
      return answer;
    }
    String id = "";
    if (call.id() != null) {
      id =
          call.id().startsWith("/")
              ? answer.body().at(call.id()).asText("")
              : Template.fill(call.id(), name -> value(facts, name));
    }
    String orders = adapter.product().orders();
    if (orders == null || answer.body().isMissingNode()) {
      return FsmAnswers.with(answer, id, Optional.empty());
    }
    try {
      JsonNode found = adapter.mappings().apply(orders, answer.body(), bindings(facts));
      return FsmAnswers.with(answer, id, FsmAnswers.orders(found));
    } catch (MappingException e) {
      return FsmAnswers.unread(answer, String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Object> bindings(FsmFacts facts) {
    Map<String, Object> bindings = new HashMap<>(facts.places());
    Map<String, Object> settings = new HashMap<>();
    for (Map.Entry<String, JsonNode> field :
        adapter.product().settings().path("properties").properties()) {
      String value = access.value(field.getKey());
      if (value != null && !field.getValue().path("format").asText().equals("password")) {
        settings.put(field.getKey(), value);
      }
    }
    bindings.put("settings", settings);
    Map<String, Object> credentials = new HashMap<>();
    for (String name : adapter.product().credentials()) {
      String value = access.value(name);
      if (value != null) {
        credentials.put(name, value);
      }
    }
    bindings.put("credentials", credentials);
    return bindings;
  }

  private @Nullable String value(FsmFacts facts, String name) {
    String own = facts.value(name);
    return own == null ? access.value(name) : own;
  }

  private static void fill(
      Map<String, String> templates,
      Function<String, @Nullable String> values,
      Map<String, String> into) {
    templates.forEach(
        (name, text) -> {
          String filled = Template.fill(text, values);
          // A setting that is left empty is not sent.
          if (!filled.isBlank()) {
            into.put(name, filled);
          }
        });
  }

  private static @Nullable String encoded(@Nullable String value) {
    return value == null
        ? null
        : URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static URI uri(String url, Map<String, String> query) throws NoAnswerException {
    StringJoiner joined = new StringJoiner("&", url.contains("?") ? "&" : "?", "");
    joined.setEmptyValue("");
    query.forEach((name, value) -> joined.add(encoded(name) + "=" + encoded(value)));
    try {
      return URI.create(url + joined);
    } catch (IllegalArgumentException e) {
      throw new NoAnswerException("the address that the settings make cannot be used", false);
    }
  }
}
