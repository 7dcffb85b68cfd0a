package io.caravanhub.hub.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A cloud on the loopback that asks for consent as Netatmo does, proves PKCE, and rotates its
 * refresh token with every use.
 */
final class FakeConsent implements AutoCloseable {
  private static final String STATION =
      "{\"body\": {\"devices\": [{\"_id\": \"70:ee:50:00:00:01\", \"station_name\": \"Warehouse\","
          + " \"type\": \"NAMain\", \"reachable\": true, \"dashboard_data\": {\"time_utc\": %d,"
          + " \"Temperature\": 18.6, \"CO2\": 745, \"Humidity\": 52}, \"modules\": []}]}}";

  private final HttpServer server;
  private final List<String> grants = new CopyOnWriteArrayList<>();
  private volatile Map<String, String> asked = Map.of();
  private volatile String refresh = "";
  private volatile int turn;

  FakeConsent() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/oauth2/authorize", this::authorize);
    server.createContext("/oauth2/token", this::token);
    server.createContext("/api/getstationsdata", exchange -> data(exchange, STATION));
    server.createContext("/api/", exchange -> data(exchange, "{\"body\": {\"homes\": []}}"));
    server.start();
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The grants that were used, in their order. */
  List<String> grants() {
    return List.copyOf(grants);
  }

  /** What the last consent was asked with. */
  Map<String, String> asked() {
    return asked;
  }

  private void authorize(HttpExchange exchange) throws IOException {
    asked = form(exchange.getRequestURI().getRawQuery());
    String back = asked.get("redirect_uri") + "?state=" + asked.get("state");
    answer(
        exchange,
        200,
        "text/html",
        ("<a id=allow href='%s&code=the-code'>Allow</a> <a id=deny"
                + " href='%s&error=access_denied'>Deny</a> <a id=strange"
                + " href='%s&code=another'>Another's code</a>")
            .formatted(back, back, back));
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String grant = form.getOrDefault("grant_type", "");
    boolean client =
        "app".equals(form.get("client_id")) && "app-secret".equals(form.get("client_secret"));
    boolean good =
        switch (grant) {
          case "authorization_code" ->
              "the-code".equals(form.get("code"))
                  && asked.get("redirect_uri").equals(form.get("redirect_uri"))
                  && asked.get("code_challenge").equals(challenge(form.get("code_verifier")));
          case "refresh_token" -> refresh.equals(form.get("refresh_token"));
          default -> false;
        };
    if (!client || !good) {
      answer(
          exchange,
          400,
          "application/json",
          "{\"error\": \"invalid_grant\", \"error_description\": \"not of this client\"}");
      return;
    }
    grants.add(grant);
    turn++;
    refresh = "refresh-" + turn;
    // A token so short that the first poll has to renew it.
    answer(
        exchange,
        200,
        "application/json",
        "{\"access_token\": \"token-%d\", \"refresh_token\": \"%s\", \"expires_in\": %d}"
            .formatted(turn, refresh, turn == 1 ? 1 : 10_800));
  }

  private void data(HttpExchange exchange, String body) throws IOException {
    boolean known =
        ("Bearer token-" + turn).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    answer(
        exchange,
        known ? 200 : 401,
        "application/json",
        known ? body.replace("%d", Long.toString(System.currentTimeMillis() / 1000)) : "{}");
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return form;
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
