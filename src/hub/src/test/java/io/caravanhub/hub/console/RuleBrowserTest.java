package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.rules.StoredPast;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of rules in the machine's own browser. */
class RuleBrowserTest {
  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-rule");
  private final String admin = hub.token(tenant, "admin");

  @AfterEach
  void nothingIsComplainedOf() {
    browser.closePages();
    // A refusal of the API is shown on the page, and the browser writes it down as well.
    assertThat(browser.complaints())
        .filteredOn(text -> !text.contains("the server responded with a status of 4"))
        .isEmpty();
    browser.complaints().clear();
  }

  @Test
  void aRuleMadeWithTheFormShowsItsPastAndRaisesItsEventOnceItIsLive() throws Exception {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    StoredPast.twoHotSpells(hub, device.id(), Instant.now().minus(Duration.ofDays(3)));
    Page page = signedIn("engineer", 1440, ColorScheme.LIGHT, "/rules");
    page.locator("#new-rule").click();
    ready(page);
    assertThat(page.locator("#seen")).containsText("Name the metric");

    page.locator("#metric").fill("temperature");
    page.locator("#limit").fill("194");
    field(page, "when.unit").fill("[degF]");
    field(page, "when.for").fill("10 min");
    field(page, "scope.device_type").fill("oven");
    assertThat(page.locator(".seen-said")).containsText("2 events");
    assertThat(page.locator(".seen-chart .hit")).hasCount(2);
    assertThat(page.locator(".seen-chart .limit")).containsText("limit 90");

    page.locator("#id").fill("hot-oven");
    field(page, "event.severity").selectOption("high");
    field(page, "event.family").fill("overheating");
    field(page, "event.message").fill("It is {value} {unit} in the oven");
    field(page, "when.for").fill("");
    assertThat(page.locator("#do-live")).isEnabled();
    page.locator("#do-live").click();
    assertThat(page.locator("#ask")).containsText("looks at 1 device");
    page.locator("#ask .btn-primary").click();
    assertThat(page.locator("#good")).containsText("Version 1 is saved: it is in force");
    assertThat(page.locator("#state")).containsText("In force");

    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(
              "t/" + tenant + "/d/" + device.id() + "/telemetry",
              "{\"device_id\": \""
                  + device.id()
                  + "\", \"timestamp\": \""
                  + Instant.now()
                  + "\", \"measurements\": [{\"name\": \"temperature\", \"value\": 95, \"unit\":"
                  + " \"Cel\"}]}")
          .get(30, TimeUnit.SECONDS);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> hub.get("/api/v1/events", admin).body().contains("in the oven"));
    page.navigate(hub.uri("/rules?show=own").toString());
    assertThat(page.locator("#rules tbody tr")).hasCount(1);
    assertThat(page.locator("#rules tbody td.num").first()).containsText("1");
  }

  @Test
  void aDraftThatTheHubHadNoRoomForIsTriedAgain() {
    hub.device(admin, Map.of("device_type", "oven"));
    Page page = editor("engineer", "/new-rule");
    AtomicInteger looks = new AtomicInteger();
    page.route(
        "**/rules/-/look",
        look -> {
          if (looks.incrementAndGet() > 1) {
            look.resume();
          } else {
            look.fulfill(
                new Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody("{\"count\": 1, \"busy\": true, \"html\": \"<p>no room</p>\"}"));
          }
        });
    page.locator("#metric").fill("temperature");
    page.locator("#limit").fill("90");
    assertThat(page.locator("#seen")).containsText("no room");
    assertThat(page.locator(".seen-said")).containsText("0 events");
  }

  @Test
  void aMistakeIsSaidAtItsFieldInTheFormAndAtItsLineInTheText() {
    Page page = editor("engineer", "/new-rule");
    page.locator("#metric").fill("temprature");
    page.locator("#limit").fill("90");
    assertThat(page.locator("#metric-unit")).containsText("unknown metric \"temprature\"");
    page.locator("#metric").fill("temperature");
    field(page, "when.unit").fill("kPa");
    assertThat(page.locator("#as-form .field-wrong")).containsText("cannot become");
    assertThat(page.locator("#do-live")).isDisabled();
    field(page, "when.unit").fill("");
    field(page, "when.for").fill("99 d");
    assertThat(page.locator("#as-form .field-wrong")).containsText("longer than 31 days");
    field(page, "when.for").fill("1 min");

    page.locator("#tab-text").click();
    assertThat(page.locator("#text")).hasValue(Pattern.compile("metric: temperature"));
    page.locator("#text").fill("id: x\nwhen:\n  metric: temperature\n  abov: 90\n");

    assertThat(page.locator("#text-problem")).containsText("Line 4: when.abov no such field");
    assertThat(page.locator("#seen")).containsText("cannot be used yet");
  }

  @Test
  void aFilesRuleIsSwitchedOffForTheTenantChangedComparedAndDeletedAgain() {
    Page page = editor("admin", "/rules/co2-high");
    assertThat(page.locator("#state")).containsText("from the file air-quality.yaml");
    page.locator("#do-switch").click();
    assertThat(page.locator("#ask")).containsText("becomes your tenant's own rule");
    page.locator("#ask .btn-primary").click();
    assertThat(page.locator("#good")).containsText("switched off");
    assertThat(page.locator("#state")).containsText("Off");
    ready(page);
    page.locator("#limit").fill("1500");
    page.locator("#do-shadow").click();
    assertThat(page.locator("#good")).containsText("Version 2 is saved");
    ready(page);
    page.locator("#do-history").click();
    page.getByLabel("Changes of version 2").click();
    assertThat(page.locator("#below .diff-added").first()).containsText("shadow");
    page.locator("#do-delete").click();
    page.locator("#ask .btn-danger").click();
    assertThat(page.locator("#good")).containsText("co2-high is deleted");
    assertThat(page.locator("tr[data-id=co2-high] .chip")).containsText("In force");
  }

  @Test
  void aLimitThatReadsTwoWaysAndDaysWithoutHoursAreAskedAbout() {
    Page page = editor("engineer", "/new-rule");
    page.locator("#metric").fill("co2");
    page.locator("#limit").fill("1,204");
    assertThat(page.locator("#as-form .field-wrong")).containsText("write 1204 or 1.204");
    assertThat(page.locator("#do-live")).isDisabled();
    page.locator("#limit").fill("1204");
    assertThat(page.locator("#as-form .field-wrong")).hasCount(0);
    assertThat(page.locator("#do-live")).isEnabled();

    page.locator("#hours summary").click();
    page.locator("#days input[value=sat]").uncheck();
    assertThat(page.locator("#preview")).containsText("cannot be used yet");
    assertThat(page.locator("#do-live")).isDisabled();
  }

  @Test
  void whoSavesAFilesRuleSecondIsToldAndWhatIsWrittenIsNotDroppedBySwitching() {
    Page late = editor("admin", "/rules/co2-high");
    late.locator("#limit").fill("1600");
    late.locator("#do-switch").click();
    assertThat(late.locator("#ask")).containsText("not saved");
    late.locator("#ask .btn").first().click();
    assertThat(late.locator("#limit")).hasValue("1600");

    Page early = editor("engineer", "/rules/co2-high");
    early.locator("#limit").fill("1500");
    early.locator("#do-shadow").click();
    assertThat(early.locator("#good")).containsText("Version 1 is saved");

    late.locator("#do-shadow").click();
    assertThat(late.locator("#ask")).containsText("Somebody else has changed this rule");
    late.locator("#ask .btn-danger").click();
    assertThat(late.locator("#good")).containsText("Version 2 is saved");
  }

  @Test
  void nothingSticksOutOnATablet() {
    Page page = signedIn("viewer", 768, ColorScheme.DARK, "/rules");
    for (int width : new int[] {768, 1024, 1440}) {
      page.setViewportSize(width, 1000);
      for (String path : new String[] {"/rules", "/new-rule"}) {
        page.navigate(hub.uri(path).toString());
        int wide = (int) page.evaluate("document.documentElement.scrollWidth");
        assertThat(wide).as(path + " at " + width).isLessThanOrEqualTo(width);
      }
    }
    assertThat(page.locator("#do-live")).hasCount(0);
  }

  private static Locator field(Page page, String path) {
    return page.locator("[data-path='" + path + "']");
  }

  private Page editor(String role, String path) {
    Page page = signedIn(role, 1440, ColorScheme.LIGHT, path);
    ready(page);
    return page;
  }

  private static void ready(Page page) {
    assertThat(page.locator("body[data-ready]")).isAttached();
  }

  private Page signedIn(String role, int width, ColorScheme scheme, String path) {
    Page page = browser.page(width, 1000, scheme);
    page.navigate(hub.uri("/login?token=" + hub.token(tenant, role)).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }
}
