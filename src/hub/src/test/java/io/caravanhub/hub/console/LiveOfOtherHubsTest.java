package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.AnotherHub;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.security.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pages and API of a hub that takes nothing in show what another hub stores, to whoever signed in
 * there.
 */
class LiveOfOtherHubsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static AnotherHub other;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-live");
  private final String admin = hub.token(tenant, "admin");
  private final Registered device = hub.device(admin, Map.of("device_type", "pump"));

  @BeforeAll
  static void start() {
    other = new AnotherHub("api,console");
    await().atMost(SOON).until(() -> !other.bean(HubLeases.class).isAlone());
  }

  @AfterAll
  static void stop() throws IOException {
    other.close();
  }

  /** A browser signed in at the other hub. */
  private static HttpClient browser(String token) throws Exception {
    HttpClient browser = LivePage.browser();
    int status =
        browser
            .send(
                HttpRequest.newBuilder(other.uri("/login?token=" + token)).build(),
                BodyHandlers.discarding())
            .statusCode();
    assertThat(status).isEqualTo(302);
    return browser;
  }

  private LivePage live(String page) throws Exception {
    return LivePage.open(browser(admin), other.uri("/stream" + page));
  }

  private void says(double value) {
    Answer answer =
        hub.ingest(
            device.token(),
            Map.of(
                "device_id",
                device.id(),
                "timestamp",
                Instant.now().toString(),
                "measurements",
                List.of(Map.of("name", "flow", "value", value, "unit", "m3/h"))));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
  }

  @Test
  void readingsAreShownWhicheverHubStoredThem() throws Exception {
    try (LivePage page = live("/devices/" + device.id());
        LivePage devices = live("/devices");
        LivePage overview = live("/overview");
        LivePage strangers =
            LivePage.open(
                browser(hub.token(RunningHub.unique("t-else"), "admin")),
                other.uri("/stream/devices"))) {
      page.says("No data yet");
      strangers.says("sections");
      says(41.7);
      page.says("41.7").says("Healthy");
      devices.says("41.7").says(device.serial());
      overview.says("41.7").says("by this hub");
      says(43.9);
      page.says("43.9");
      devices.says("43.9");
      assertThat(strangers.said(device.serial())).isFalse();
    }
    // Nobody who comes back needs to know what was said meanwhile.
    says(45.1);
    try (LivePage again = live("/devices/" + device.id())) {
      again.says("45.1");
    }
  }

  @Test
  void theApiKnowsWhoIsThere() {
    assertThat(online()).isFalse();
    says(12.5);
    await().atMost(SOON).until(this::online);
    Answer status = other.get("/api/v1/devices/" + device.id() + "/status", admin);
    assertThat(status.json().path("metrics").toString()).isEqualTo("[\"flow\"]");
    await()
        .atMost(SOON)
        .until(() -> other.get("/api/v1/usage", admin).json().path("devices_online").asInt() == 1);
    Answer fieldbus = other.get("/api/v1/fieldbus", admin);
    assertThat(fieldbus.status()).isEqualTo(503);
    assertThat(fieldbus.body()).contains("devices are read by another hub");
  }

  private boolean online() {
    return other.get("/api/v1/devices?limit=10", admin).json().at("/items/0/online").asBoolean();
  }

  @Test
  void eventsAreShownAndToldAtEitherHub() throws Exception {
    Answer rule =
        hub.post(
            "/api/v1/rules",
            admin,
            "{\"id\": \"far\", \"condition\": \"flow > 70\", \"event\": {\"type\": \"warning\","
                + " \"severity\": \"low\", \"family\": \"f\", \"message\": \"Flow is far off\"}}");
    assertThat(rule.status()).as(rule.toString()).isEqualTo(201);
    HttpClient here = LivePage.browser();
    here.send(
        HttpRequest.newBuilder(hub.uri("/login?token=" + admin)).build(),
        BodyHandlers.discarding());
    try (LivePage there = live("/events");
        LivePage at = LivePage.open(here, hub.uri("/stream/events"));
        LivePage strangers =
            LivePage.open(
                browser(hub.token(RunningHub.unique("t-else"), "admin")),
                other.uri("/stream/events"))) {
      strangers.says("sections");
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                says(75);
                return there.said("Flow is far off");
              });
      at.says("Flow is far off");
      at.forget();
      String event = other.get("/api/v1/events?limit=1", admin).json().at("/items/0/id").asText();
      Answer told =
          other.send(
              "POST",
              "/api/v1/events/" + event + "/acknowledge",
              admin,
              RunningHub.publisher(Map.of("note", "seen")));
      assertThat(told.status()).as(told.toString()).isEqualTo(200);
      at.says("acknowledged");
      assertThat(strangers.said("far off")).isFalse();
    }
  }

  private static HttpResponse<String> get(HttpClient browser, URI page) throws Exception {
    return browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(HttpClient browser, URI page, String csrf)
      throws Exception {
    return browser.send(
        HttpRequest.newBuilder(page)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("_csrf=" + csrf))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void whoSignsInAndOutAtOneHubDoesAtTheOther() throws Exception {
    HttpClient browser = browser(admin);
    HttpResponse<String> page = get(browser, hub.uri("/devices"));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(get(browser, other.uri("/devices")).statusCode()).isEqualTo(200);

    // The page of the one is sent to the other.
    HttpResponse<String> out =
        post(browser, other.uri("/logout"), ConsoleSessionTest.csrf(page.body()));

    assertThat(out.statusCode()).isEqualTo(302);
    assertThat(get(browser, hub.uri("/devices")).statusCode()).isEqualTo(302);
    assertThat(get(browser, other.uri("/devices")).statusCode()).isEqualTo(302);
  }

  @Test
  void aTokenThatIsRevokedAtOneHubEndsTheSessionAtTheOther() throws Exception {
    HttpClient browser = browser(admin);
    assertThat(get(browser, other.uri("/devices")).statusCode()).isEqualTo(200);

    hub.bean(Tokens.class).revoke(tenant, "test");

    await().atMost(SOON).until(() -> get(browser, other.uri("/devices")).statusCode() == 302);
  }

  @Test
  void aConsentThatBeganAtOneHubEndsAtTheOther() throws Exception {
    try (FakeConsent cloud = new FakeConsent()) {
      Answer made =
          hub.post(
              "/api/v1/connections",
              admin,
              Map.of(
                  "oem",
                  "netatmo",
                  "settings",
                  Map.of(
                      "client_id", "app",
                      "client_secret", "app-secret",
                      "base_url", cloud.origin())));
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      String path = "/connections/" + made.text("id");
      HttpClient browser = browser(admin);
      String csrf = ConsoleSessionTest.csrf(get(browser, hub.uri(path)).body());

      String leads = post(browser, hub.uri(path + "/consent"), csrf).body();
      String oem = leads.replaceAll("(?s).*href=\"(http[^\"]*/authorize[^\"]*)\".*", "$1");
      get(browser, URI.create(oem.replace("&amp;", "&")));
      URI back =
          other.uri(ConsentPages.BACK + "?code=the-code&state=" + cloud.asked().get("state"));
      HttpResponse<String> given = get(browser, back);

      assertThat(given.statusCode()).as(given.body()).isEqualTo(302);
      assertThat(get(browser, hub.uri(path)).body()).contains("The consent is given");
      assertThat(cloud.grants()).startsWith("authorization_code");
      assertThat(get(browser, back).statusCode()).isEqualTo(400);
      assertThat(hub.post("/api/v1" + path + "/pause", admin, "").status()).isEqualTo(200);
    }
  }
}
