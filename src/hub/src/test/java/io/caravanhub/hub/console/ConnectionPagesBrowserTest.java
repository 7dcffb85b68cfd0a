package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of connectors and connections in the machine's own browser, against played clouds. */
class ConnectionPagesBrowserTest {
  private static final String KEY = "key-of-the-test";

  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("c-pages");
  private final String admin = hub.token(tenant, "admin");

  @AfterEach
  void stop() {
    browser.closePages();
    // What a test leaves enabled would go on polling.
    hub.owner()
        .sql("update connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
  }

  private Page page(String path) {
    return page(path, admin, 1440);
  }

  private Page page(String path, String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }

  private String made(String oem, Map<String, Object> settings) {
    Answer made = hub.post("/api/v1/connections", admin, Map.of("oem", oem, "settings", settings));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.text("id");
  }

  private static FakeCloud sensibo() throws IOException {
    return new FakeCloud(
        Script.read(TestDatabase.root().resolve("connectors/oem/sensibo")), Fault.NONE);
  }

  @Test
  void aConnectorIsConnectedThroughTheFormTestedAndEnabledAndItsReadingsCount() throws IOException {
    try (FakeCloud cloud = sensibo()) {
      Page page = page("/connectors?q=sensibo");
      assertThat(page.locator(".card-oem")).hasCount(1);
      page.locator("#connector-sensibo .btn").click();
      page.locator("#save").click();
      assertThat(page.locator("#p-api_key")).hasText("is needed");

      page.locator("#s-api_key").fill(KEY);
      page.locator("details summary").click();
      page.locator("#base").fill(cloud.origin());
      page.locator("#save").click();
      assertThat(page.locator("#made")).isVisible();

      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("2 devices");
      assertThat(page.locator("#trial")).containsText("22.4");
      assertThat(page.locator("#messages")).hasText("0");

      page.locator("#enable").click();
      assertThat(page.locator("#live-state")).containsText("Good");
      assertThat(page.locator("#messages")).hasText("2");
      assertThat(page.locator("#live-named")).containsText("Server room");
      assertThat(page.locator("#live-payloads")).containsText("pods");
      page.locator("#live-payloads summary").first().click();
      assertThat(page.content()).doesNotContain(KEY);

      page.navigate(hub.uri("/connections").toString());
      assertThat(page.locator(".conns tbody tr")).hasCount(1);
      assertThat(page.locator(".conns")).containsText("Good");
      assertThat(page.locator("#live-healths")).containsText("Good 1");
    }
  }

  @Test
  void aSecretIsReplacedWithoutBeingShownAndATestSaysWhatHelps() throws IOException {
    try (FakeCloud cloud = sensibo()) {
      String id = made("sensibo", Map.of("api_key", KEY, "base_url", cloud.origin()));
      Page page = page("/connections/" + id + "/settings");
      assertThat(page.locator("#s-api_key")).hasValue("");
      assertThat(page.locator("#s-api_key")).hasAttribute("placeholder", Pattern.compile("is set"));
      page.locator("#name").fill("Head office");
      page.locator("#save").click();
      assertThat(page.locator("h1")).hasText("Head office");
      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("The cloud answers");

      page.navigate(hub.uri("/connections/" + id + "/settings").toString());
      page.locator("#s-api_key").fill("wrong-key");
      page.locator("#every").fill("3");
      page.locator("#save").click();
      assertThat(page.locator(".conn-form")).containsText("expected a whole number from 10");
      page.locator("#every").fill("600");
      page.locator("#s-api_key").fill("wrong-key");
      page.locator("#save").click();
      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("401");
      assertThat(page.locator("#trial")).containsText("What helps: look whether the credentials");
    }
  }

  @Test
  void theOwnerConsentsAtTheOemAndComesBackToAConnectionThatWorks() throws IOException {
    try (FakeConsent cloud = new FakeConsent()) {
      String id =
          made(
              "netatmo",
              Map.of(
                  "client_id", "app",
                  "client_secret", "app-secret",
                  "base_url", cloud.origin()));
      Page page = page("/connections/" + id);
      assertThat(page.locator("#redirect"))
          .hasText(hub.uri("/console/connections/consent").toString());
      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("nobody has consented yet");

      page.locator("#consent").click();
      page.locator("#deny").click();
      assertThat(page.locator("#wrong")).containsText("refused at the OEM");
      page.locator("#consent").click();
      page.locator("#strange").click();
      assertThat(page.locator("#wrong")).containsText("invalid_grant: not of this client");

      page.locator("#consent").click();
      page.locator("#allow").waitFor();
      assertThat(cloud.asked())
          .hasEntrySatisfying(
              "scope", scope -> assertThat(scope).startsWith("read_station read_thermostat "))
          .containsEntry("code_challenge_method", "S256");
      String back = String.valueOf(page.locator("#allow").getAttribute("href"));
      page.locator("#allow").click();
      assertThat(page.locator("#good")).containsText("The consent is given");
      assertThat(page.locator("#messages")).hasText("1");
      assertThat(page.locator("#live-named")).containsText("Warehouse");
      assertThat(cloud.grants()).startsWith("authorization_code", "refresh_token");
      assertThat(page.content()).doesNotContain("token-1", "refresh-2", "app-secret");

      page.navigate(back);
      assertThat(page.locator("h1")).hasText("This answer belongs to no consent");
      Page elsewhere = page("/connections", admin, 1440);
      elsewhere.navigate(back);
      assertThat(elsewhere.locator("h1")).hasText("This answer belongs to no consent");
    }
  }

  @Test
  void aWebhookConnectionShowsItsAddressAndCountsWhatCame() {
    String id = made("particle", Map.of("secret", "agreed-secret"));
    hub.post("/api/v1/connections/" + id + "/enable", admin, "");
    Page page = page("/connections/" + id);
    assertThat(page.locator("#hook")).hasText(hub.uri("/hooks/" + tenant + "/particle").toString());
    assertThat(page.locator("main")).containsText("Secret is set");
    Answer taken =
        hub.send(
            java.net.http.HttpRequest.newBuilder(hub.uri("/hooks/" + tenant + "/particle"))
                .POST(
                    RunningHub.publisher(
                        Map.of(
                            "coreid",
                            "e00fce68",
                            "event",
                            "status",
                            "api_key",
                            "of-somebody",
                            "note",
                            "it is agreed-secret")))
                .header("Content-Type", "application/json")
                .header("X-Hub-Secret", "agreed-secret")
                .build());
    assertThat(taken.status()).as(taken.body()).isEqualTo(202);
    assertThat(page.locator("#messages")).hasText("1");
    page.locator("#live-payloads summary").click();
    assertThat(page.locator("#live-payloads")).containsText("e00fce68");
    assertThat(page.content()).doesNotContain("agreed-secret", "of-somebody");
  }

  @Test
  void aConnectionIsDeletedAfterAQuestion() {
    String id = made("sensibo", Map.of("api_key", KEY));
    Page page = page("/connections/" + id);
    page.getByText("Delete").click();
    assertThat(page.locator("h1")).containsText("Delete Sensibo?");
    page.locator("#delete").click();
    assertThat(page.locator("main [role=status]")).containsText("is gone");
    assertThat(hub.get("/api/v1/connections/" + id, admin).status()).isEqualTo(404);
  }

  @Test
  void aViewerLooksAndChangesNothingAndAnotherTenantSeesNothing() {
    String id = made("sensibo", Map.of("api_key", KEY));
    Page page = page("/connections/" + id, hub.token(tenant, "viewer"), 1024);
    assertThat(page.locator("h1")).hasText("Sensibo");
    assertThat(page.locator("#test, #enable, #consent, .work-do a")).hasCount(0);
    assertThat(
            page.evaluate(
                "id => fetch('/connections/' + id + '/enable', {method: 'POST', redirect: 'manual',"
                    + " headers: {'Content-Type': 'application/x-www-form-urlencoded'}}).then(a =>"
                    + " a.status)",
                id))
        .isEqualTo(403);

    Page other = page("/connections", hub.token(RunningHub.unique("other"), "admin"), 1440);
    assertThat(other.locator(".conns")).hasCount(0);
    for (String path : List.of("/connections/", "/stream/connections/")) {
      Response answer = other.navigate(hub.uri(path + id).toString());
      assertThat(answer.status()).isEqualTo(404);
    }
  }

  @Test
  void noPageIsWiderThanATabletOrAPhone() {
    String id = made("sensibo", Map.of("api_key", KEY));
    for (int width : new int[] {1440, 1024, 768, 390}) {
      Page page = page("/connectors", admin, width);
      for (String path :
          List.of(
              "/connectors",
              "/connectors/netatmo",
              "/connections",
              "/connections/" + id,
              "/connections/" + id + "/settings",
              "/new-connection?oem=netatmo")) {
        page.navigate(hub.uri(path).toString());
        assertThat(page.locator("h1")).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
            .as("%s at %d", path, width)
            .isEqualTo(width);
      }
    }
  }
}
