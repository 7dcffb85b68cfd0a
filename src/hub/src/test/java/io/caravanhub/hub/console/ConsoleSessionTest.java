package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.security.Tokens;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sessions of the console, whose rows are in the database. */
class ConsoleSessionTest {
  private final RunningHub hub = RunningHub.get();
  private final CookieManager jar = new CookieManager();
  private final HttpClient browser = HttpClient.newBuilder().cookieHandler(jar).build();
  private final String tenant = RunningHub.unique("t");
  private final String token = hub.token(tenant, "viewer");

  @Test
  void endsWithItsTokenAndSoDoesItsLiveView() throws Exception {
    signIn();
    assertThat(get("/devices").statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> live =
        browser.sendAsync(
            HttpRequest.newBuilder(hub.uri("/stream/overview")).build(), BodyHandlers.ofString());
    LiveStreams streams = hub.bean(LiveStreams.class);
    await().atMost(Duration.ofSeconds(30)).until(() -> streams.watched(tenant));

    hub.bean(Tokens.class).revoke(tenant, "test");

    await().atMost(Duration.ofSeconds(30)).until(live::isDone);
    assertThat(isSignedIn()).isFalse();
  }

  @Test
  void hasTheCookieThatItAlwaysHadWithASignature() throws Exception {
    assertThat(get("/login?token=" + token).headers().firstValue("Set-Cookie").orElseThrow())
        .matches("JSESSIONID=[0-9a-f-]{36}\\.[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");
    String cookie = cookie().getValue();
    String id = id();
    assertThat(isSignedIn()).isTrue();

    for (String forged :
        new String[] {id, id + ".", id + ".%%%", cookie.replace(id, another()), "." + cookie}) {
      cookie().setValue(forged);
      assertThat(isSignedIn()).as(forged).isFalse();
    }
  }

  @Test
  void isAnotherOneAfterSigningIn() throws Exception {
    assertThat(get("/login").statusCode()).isEqualTo(200);
    String before = cookie().getValue();

    signIn();

    assertThat(cookie().getValue()).isNotEqualTo(before);
    assertThat(isSignedIn()).isTrue();
    cookie().setValue(before);
    assertThat(isSignedIn()).isFalse();
  }

  @Test
  void saysNothingInTheDatabaseAndTakesNothingThatWasChangedThere() throws Exception {
    signIn();
    String mine = id();
    assertThat(
            hub.count(
                "select count(*) from spring_session_attributes where position(?::bytea in attribute_bytes) > 0",
                tenant))
        .isZero();
    String all =
        " from spring_session s where s.primary_id = session_primary_id and s.session_id = ?";
    hub.owner()
        .sql(
            "update spring_session_attributes set attribute_bytes = set_byte(attribute_bytes, 90, get_byte(attribute_bytes, 90) # 1)"
                + all)
        .param(mine)
        .update();
    assertThat(isSignedIn()).isFalse();

    // Another's values are of no use in one's own session, nor are they under one's own id.
    String admins = signedInAs(hub.admin());
    HttpResponse<String> page = get("/login");
    assertThat(page.statusCode()).isEqualTo(200);
    String own = id();
    hub.owner()
        .sql(
            "insert into spring_session_attributes select o.primary_id, a.attribute_name, a.attribute_bytes from spring_session o,"
                + " spring_session s join spring_session_attributes a on a.session_primary_id = s.primary_id"
                + " where o.session_id = ? and s.session_id = ? on conflict do nothing")
        .params(own, admins)
        .update();
    assertThat(isSignedIn()).isFalse();
    hub.owner().sql("delete from spring_session where session_id = ?").param(own).update();
    hub.owner()
        .sql("update spring_session set session_id = ? where session_id = ?")
        .params(own, admins)
        .update();
    assertThat(isSignedIn()).isFalse();
  }

  @Test
  void isOverAfterHalfAnHourWithoutARequest() throws Exception {
    signIn();
    assertThat(
            hub.count(
                "select expiry_time - last_access_time from spring_session where session_id = ?",
                id()))
        .isEqualTo(Duration.ofMinutes(30).toMillis());
    hub.owner()
        .sql(
            "update spring_session set last_access_time = last_access_time - 1800001 where session_id = ?")
        .param(id())
        .update();
    assertThat(isSignedIn()).isFalse();
  }

  @Test
  void isNotAskedForWhereThereIsNoCookie() throws Exception {
    hub.owner().sql("alter table spring_session rename to spring_session_away").update();
    try {
      assertThat(hub.get("/api/v1/devices?limit=1", hub.admin()).status()).isEqualTo(200);
      assertThat(hub.get("/actuator/health", "").status()).isEqualTo(200);
      assertThat(hub.get("/devices", "").status()).isEqualTo(302);
      assertThat(hub.get("/console/console.css", "").status()).isEqualTo(200);
      assertThat(hub.post("/hooks/" + tenant + "/nobody", "", "{}").status()).isLessThan(500);
      // What is refused makes none either.
      assertThat(post("/metrics/limits", "key=flow").statusCode()).isEqualTo(403);
      assertThat(post("/api/v1/devices", "{}").statusCode()).isEqualTo(403);
    } finally {
      hub.owner().sql("alter table spring_session_away rename to spring_session").update();
    }
  }

  @Test
  void outlivesADatabaseThatIsAway() throws Exception {
    signIn();
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    try {
      HttpResponse<String> away = get("/devices");
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.body()).contains("The hub's database is away").doesNotContain("Exception");
      HttpResponse<String> call =
          browser.send(
              HttpRequest.newBuilder(hub.uri("/api/v1/devices"))
                  .header("X-CSRF-TOKEN", "x")
                  .build(),
              BodyHandlers.ofString());
      assertThat(call.statusCode()).isEqualTo(503);
      assertThat(call.body()).contains("the store is away; try again");
    } finally {
      hub.databaseIsBack();
    }
    assertThat(isSignedIn()).isTrue();
  }

  @Test
  void takesNoFormOfAPageFromBeforeSigningIn() throws Exception {
    String before = csrf(get("/login").body());
    assertThat(get("/login?token=" + hub.token(tenant, "admin")).statusCode()).isEqualTo(302);
    assertThat(post("/metrics/limits", "key=flow&min=0&_csrf=" + before).statusCode())
        .isEqualTo(403);
  }

  @Test
  void keepsWhatAFormSaysForTheNextPage() throws Exception {
    String admin = hub.token(tenant, "admin");
    assertThat(get("/login?token=" + admin).statusCode()).isEqualTo(302);
    String form = get("/metrics/limits?key=flow").body();
    HttpResponse<String> refused = post("/metrics/limits", "key=flow&min=much&_csrf=" + csrf(form));
    assertThat(refused.statusCode()).isEqualTo(302);
    assertThat(get("/metrics/limits?key=flow").body()).contains("role=\"alert\"");
  }

  static String csrf(String page) {
    return page.replaceAll("(?s).*?name=\"_csrf\" value=\"([^\"]+)\".*", "$1");
  }

  private void signIn() throws Exception {
    assertThat(get("/login?token=" + token).statusCode()).isEqualTo(302);
  }

  /** The id of a session of somebody else's browser. */
  private String signedInAs(String other) throws Exception {
    CookieManager others = new CookieManager();
    HttpClient.newBuilder()
        .cookieHandler(others)
        .build()
        .send(
            HttpRequest.newBuilder(hub.uri("/login?token=" + other)).build(),
            BodyHandlers.discarding());
    return others.getCookieStore().getCookies().get(0).getValue().split("\\.")[0];
  }

  private boolean isSignedIn() throws Exception {
    HttpResponse<String> page = get("/devices");
    if (page.statusCode() == 200) {
      return true;
    }
    assertThat(page.statusCode()).isEqualTo(302);
    assertThat(URI.create(page.headers().firstValue("Location").orElse("")).getPath())
        .isEqualTo("/login");
    return false;
  }

  private HttpCookie cookie() {
    return jar.getCookieStore().getCookies().get(0);
  }

  private String id() {
    return cookie().getValue().split("\\.")[0];
  }

  private static String another() {
    return java.util.UUID.randomUUID().toString();
  }

  private HttpResponse<String> post(String path, String form) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form));
    if (path.startsWith("/api/")) {
      request.header("X-CSRF-TOKEN", "x");
    }
    return browser.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(hub.uri(path)).timeout(Duration.ofSeconds(20)).build(),
        BodyHandlers.ofString());
  }
}
