package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of mappings in the machine's own browser. */
class MappingBrowserTest {
  private static final String FAHRENHEIT =
      "{\"measurements\": [{\"name\": \"supply_air_temp\", \"value\": t, \"unit\": \"[degF]\"}]}";
  private static final String WRONG = FAHRENHEIT.replace("[degF]", "Cel");

  private static final String TABLE_OF_NINE_MILLION =
      "async () => (await fetch('/mappings/table', {method: 'POST', body: 'x'.repeat(9000000), headers:"
          + " {'Content-Type': 'text/plain', 'X-CSRF-TOKEN': document.getElementById('editing').dataset.csrf}})).status";

  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-page");
  private final String admin = hub.token(tenant, "admin");
  private final String name = "acme/" + RunningHub.unique("model");
  private final String api = "/api/v1/mappings/" + name.replace('/', ':');

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
  void aMappingIsProposedFromAPastedPayloadTriedSavedAndPublishedByKeys() {
    Page page = signedIn("engineer", 1440, ColorScheme.LIGHT, "/mappings");
    page.getByLabel("New mapping").first().locator("#new-name").fill(name);
    page.keyboard().press("Enter");
    ready(page);
    assertThat(page.locator("#state")).containsText("New: nothing is in force");
    page.locator("#payload-text").fill("{\"ts\": 1795168800, \"SAT_F\": 50, \"fw\": \"2.1\"}");
    page.locator("#do-suggest").click();
    assertThat(page.locator("#ask")).containsText("supply_air_temp");
    assertThat(page.locator("#ask .sure").first()).containsText("%");

    page.getByText("Put it into the editor").click();

    Locator row = page.locator(".res-table tbody tr");
    assertThat(row).containsText("supply_air_temp");
    assertThat(row).containsText("10 °C");
    assertThat(row).containsText("50 °F");
    assertThat(row).containsText("good");
    assertThat(page.locator(".res-unmatched")).containsText("fw");
    page.keyboard().press("Control+s");
    assertThat(page.locator("#good")).containsText("Draft saved");
    assertThat(hub.get(api, admin).json().path("draft").isObject()).isTrue();
    page.keyboard().press("Control+Shift+p");
    assertThat(page.locator("#ask")).containsText("first version");
    page.locator("#publish-note").fill("a new model");
    page.keyboard().press("Control+Enter");
    assertThat(page.locator("#good")).containsText("Version 1 is in force");
    assertThat(hub.get(api, admin).json().path("note").asText()).isEqualTo("a new model");
  }

  @Test
  void aFaultIsMarkedAtItsPlaceAndTheKeyLeadsThere() {
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#payload-text").fill("{\"t\": 1}");

    page.locator("#jsonata").fill("{\n  \"metrics\": {\n    \"flow\": (1 + \n  }\n}");

    assertThat(page.locator("#jsonata-problem")).containsText("Line 4, column");
    assertThat(page.locator("#jsonata-editor .code-line.code-fault")).hasText("  }\n");
    assertThat(page.locator("#result")).containsText("cannot be used yet");
    page.locator("#payload-text").focus();
    page.keyboard().press("F8");
    assertThat(page.locator("#jsonata")).isFocused();
    page.locator("#jsonata").fill("{\"metrics\": {\"flow\": 1}}");
    assertThat(page.locator("#jsonata-problem")).isHidden();
    assertThat(page.locator(".res-table tbody tr")).containsText("flow");
  }

  @Test
  void whatWouldBecomeADeadLetterIsSaidWithFieldAndReason() {
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#payload-text").fill("{\"t\": \"n/a\", \"h\": 140}");

    page.locator("#jsonata")
        .fill(
            "{\"measurements\": [{\"name\": \"supply_air_temp\", \"value\": t},"
                + " {\"name\": \"humidity\", \"value\": h, \"unit\": \"%\"}]}");

    assertThat(page.locator(".res-rejected")).containsText("measurements[0].value");
    assertThat(page.locator(".res-rejected")).containsText("expected a number, got \"n/a\"");
    assertThat(page.locator(".res-table tbody tr")).containsText("suspect");
    assertThat(page.locator(".res-table tbody tr")).containsText("outside the plausible range");
  }

  @Test
  void aFieldTableIsEditedAsAGridAndTried() {
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#payload-text").fill("{\"env\": {\"t\": 215}, \"run\": 1}");
    page.locator("#tab-fields").click();
    page.getByText("Add a line").click();
    cell(page, "field", 1).fill("env.t");
    cell(page, "metric", 1).fill("supply_air_temp");
    cell(page, "scale", 1).fill("0,1");
    page.getByText("Add a line").click();
    cell(page, "field", 2).fill("run");
    cell(page, "metric", 2).fill("compressor_status");
    cell(page, "enum", 2).fill("0=off, 1=on");

    assertThat(page.locator(".res-table tbody tr")).hasCount(2);
    assertThat(page.locator(".res-table")).containsText("21.5 °C");
    assertThat(page.locator(".res-table")).containsText("on");
    page.locator("#as-text").click();
    assertThat(page.locator("#fields"))
        .hasValue(
            "fields:\n  env.t: {metric: supply_air_temp, scale: 0.1}\n"
                + "  run: {metric: compressor_status, enum: {0: \"off\", 1: \"on\"}}\n");
  }

  @Test
  void twoPeopleAtOneMappingHearOfEachOther() {
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#jsonata").fill(FAHRENHEIT);
    page.keyboard().press("Control+s");
    assertThat(page.locator("#good")).containsText("Draft saved");
    String theirs = "{\"metrics\": {\"flow\": 1}}";
    String tag = hub.get(api, admin).tag();
    assertThat(draft(theirs, tag)).isEqualTo(200);
    page.locator("#jsonata").fill(WRONG);

    page.keyboard().press("Control+s");

    assertThat(page.locator("#ask")).containsText("Somebody else has changed this mapping");
    assertThat(page.locator("#ask")).containsText("The draft was saved by admin");
    assertThat(page.locator("#ask .diff-gone")).containsText("flow");
    page.getByText("Go on editing").click();
    page.locator("#do-save").click();
    assertThat(page.locator("#ask")).containsText("Somebody else has changed this mapping");
    assertThat(hub.get(api, admin).json().at("/draft/jsonata").asText()).isEqualTo(theirs);
    page.getByText("Save mine over theirs").click();
    assertThat(page.locator("#good")).containsText("Draft saved");
    assertThat(hub.get(api, admin).json().at("/draft/jsonata").asText()).isEqualTo(WRONG);
  }

  @Test
  void whoSignsInAgainInAnotherTabSavesWhatIsInTheEditor() {
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#jsonata").fill(FAHRENHEIT);
    page.context().clearCookies();
    page.locator("#do-save").click();
    assertThat(page.locator("#wrong")).containsText("signed out");
    Page other = page.context().newPage();
    String elsewhere = hub.token(RunningHub.unique("t-else"), "engineer");
    other.navigate(hub.uri("/login?token=" + elsewhere).toString());
    page.locator("#do-save").click();
    assertThat(page.locator("#wrong")).containsText("this page is of " + tenant);
    other.navigate(hub.uri("/login?token=" + hub.token(tenant, "engineer")).toString());

    page.locator("#do-save").click();

    assertThat(page.locator("#good")).containsText("Draft saved");
    assertThat(hub.get(api, admin).json().at("/draft/jsonata").asText()).isEqualTo(FAHRENHEIT);
  }

  @Test
  void whatIsChangedInTheGridLeavesEveryOtherSettingAsItWas() {
    String kept =
        "{unless: [\"\", \"32767\", -1], metric: a, enum: {0: false, 1: 10, 2: \"10\", 3: \"off, cold\"},"
            + " clamp: {min: 0, max: 9}}";
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#tab-fields").click();
    page.locator("#as-text").click();
    page.locator("#fields").fill("fields:\n  x: " + kept + "\n  z: {metric: b}\n");
    page.locator("#as-grid").click();
    assertThat(cell(page, "enum", 1)).hasValue("0=false, 1=10, 2=\"10\", 3=\"off, cold\"");
    assertThat(cell(page, "unless", 1)).hasValue("\"\", \"32767\", -1");
    assertThat(cell(page, "high", 1)).hasValue("9");

    cell(page, "scale", 2).fill("2");
    assertThat(page.locator("#fields"))
        .hasValue(
            "fields:\n  x: {metric: a, unless: [\"\", \"32767\", -1],"
                + " enum: {0: false, 1: 10, 2: \"10\", 3: \"off, cold\"}, clamp: {min: 0, max: 9}}\n"
                + "  z: {metric: b, scale: 2}\n");

    cell(page, "enum", 1).fill("0=true, 2=\"10\", 3=\"off, cold\"");
    cell(page, "low", 1).fill("1");
    assertThat(page.locator("#fields"))
        .hasValue(
            "fields:\n  x: {metric: a, unless: [\"\", \"32767\", -1],"
                + " enum: {0: true, 2: \"10\", 3: \"off, cold\"}, clamp: [1, 9]}\n"
                + "  z: {metric: b, scale: 2}\n");
    assertThat(page.evaluate(TABLE_OF_NINE_MILLION)).isEqualTo(413);
  }

  @Test
  void whatIsNotSavedIsSpokenOfBeforeItGivesWayAndComesBack() {
    publish(FAHRENHEIT);
    publish(WRONG);
    Page page = editor("engineer", 1440, ColorScheme.LIGHT);
    page.locator("#jsonata").fill("{}");
    page.locator("#do-history").click();
    page.getByLabel("Roll back to version 1").click();
    assertThat(page.locator("#ask")).containsText("What you wrote and did not save gives way");
    page.locator("#ask").getByText("Cancel").click();
    assertThat(page.locator("#jsonata")).hasValue("{}");
    page.locator("#tab-fields").click();

    page.getByLabel("Take version 1 into the editor").click();

    assertThat(page.locator("#jsonata")).hasValue(FAHRENHEIT);
    page.getByText("Take it back").click();
    assertThat(page.locator("#jsonata")).hasValue("{}");
  }

  @Test
  void aChangeIsComparedOnRealPayloadsPublishedAndRolledBack() throws Exception {
    publish(FAHRENHEIT);
    Registered device = hub.device(admin, Map.of("device_type", "ahu", "mapping", name));
    String topic = "t/" + tenant + "/d/" + device.id() + "/telemetry";
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(topic, "{\"t\": 50}").get(10, TimeUnit.SECONDS);
      mqtt.publish(topic, "{\"t\": 59}").get(10, TimeUnit.SECONDS);
      mqtt.publish(topic, "{\"t\": \"n/a\"}").get(10, TimeUnit.SECONDS);
    }
    Page page = editor("admin", 1440, ColorScheme.DARK);
    assertThat(page.locator("#payload select option")).hasCount(4);
    assertThat(page.locator("#state")).containsText("2 messages matched");

    page.locator("#jsonata").fill(WRONG);
    page.locator("#do-compare").click();

    assertThat(page.locator(".cmp-head")).containsText("3 real payloads: 2 would give something");
    assertThat(page.locator(".cmp-table").first()).containsText("10 to 15 °C");
    assertThat(page.locator(".cmp-table").first()).containsText("50 to 59 °C");
    page.locator("#do-publish").click();
    assertThat(page.locator("#ask .diff-added")).containsText("Cel");
    page.getByText("Publish as version 2").click();
    assertThat(page.locator("#good")).containsText("Version 2 is in force");
    page.locator("#do-history").click();
    assertThat(page.locator(".ver-table tbody tr")).hasCount(2);
    page.getByLabel("Roll back to version 1").click();
    assertThat(page.locator("#ask .diff-added")).containsText("degF");
    page.locator("#ask .btn-primary").click();
    assertThat(page.locator("#good")).containsText("Version 3 is in force");
    assertThat(page.locator("#jsonata")).hasValue(FAHRENHEIT);
    page.navigate(hub.uri("/dead-letters").toString());
    page.locator(".letter summary").first().click();
    page.getByText("Mend the mapping " + name).click();
    ready(page);
    assertThat(page.locator("#payload-text")).hasValue("{\n  \"t\": \"n/a\"\n}");
    hub.post("/api/v1/dead-letters/discard", admin, Map.of("device", device.id()));
    page.reload();
    ready(page);
    assertThat(page.locator("#payload-text")).hasValue("{\"t\": \"n/a\"}");
    page.navigate(hub.uri("/devices/" + device.id()).toString());
    assertThat(page.locator(".facts").getByText(name)).isVisible();
  }

  @Test
  void theListTellsWhatIsInUseWhatIsRefusedAndWhy() throws Exception {
    String maker = RunningHub.unique("refused");
    Path file = hub.connectors().resolve("oem").resolve(maker).resolve("x.jsonata");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"a\": (1 + }");
    try {
      publish(FAHRENHEIT);
      Page page = signedIn("viewer", 1024, ColorScheme.DARK, "/mappings?show=refused");
      assertThat(page.locator(".map-list")).containsText(maker + "/x");
      assertThat(page.locator(".map-list")).containsText("Refused");
      assertThat(page.locator(".map-list .problem").first()).containsText("unary operator");
      page.locator("input[name=q]").fill(name);
      page.keyboard().press("Enter");
      assertThat(page.locator(".empty")).containsText("No mapping is called so");
      page.locator(".map-kinds").getByText("All").click();
      assertThat(page.locator(".map-list tbody tr")).hasCount(1);
      assertThat(page.locator("#new-mapping")).hasCount(0);
      page.locator(".map-list a").click();
      ready(page);
      assertThat(page.locator("#jsonata")).hasValue(FAHRENHEIT);
      assertThat(page.locator("#do-save")).hasCount(0);
      assertThat(page.locator("#result")).containsText("Admins and engineers");
    } finally {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }

  @Test
  void nothingSticksOutOnATabletAndTheEditorCanBeLeftByKeys() {
    publish(FAHRENHEIT);
    Page page = editor("engineer", 768, ColorScheme.DARK);
    for (int width : new int[] {768, 1024, 1280}) {
      page.setViewportSize(width, 1024);
      for (String path : new String[] {"/mappings", "/mappings/" + name.replace('/', ':')}) {
        page.navigate(hub.uri(path).toString());
        int wide = (int) page.evaluate("document.documentElement.scrollWidth");
        assertThat(wide).as(path + " at " + width).isLessThanOrEqualTo(width);
      }
    }
    ready(page);
    page.locator("#jsonata").focus();
    page.keyboard().press("Tab");
    assertThat(page.locator("#jsonata")).isFocused();
    page.keyboard().press("Control+z");
    assertThat(page.locator("#jsonata")).hasValue(FAHRENHEIT);
    page.keyboard().press("Escape");
    page.keyboard().press("Tab");
    assertThat(page.locator("#jsonata")).not().isFocused();
    page.keyboard().press("F1");
    assertThat(page.locator("#ask")).containsText("save the draft");
  }

  @Test
  void aPageFromElsewhereCannotUseTheSession() {
    Page page = signedIn("admin", 1024, ColorScheme.LIGHT, "/mappings");
    String call =
        "async (token) => (await fetch('"
            + api
            + "/draft', {method: 'PUT', headers: token === '' ? {} : {'X-CSRF-TOKEN': token}, body: '{\"jsonata\": \"1\"}'})).status";
    assertThat(page.evaluate(call, "")).isEqualTo(401);
    assertThat(page.evaluate(call, "made up")).isEqualTo(403);
  }

  private static Locator cell(Page page, String column, int line) {
    return page.locator("#grid tbody tr:nth-child(" + line + ") [data-column=" + column + "]");
  }

  private void publish(String jsonata) {
    assertThat(draft(jsonata, "")).isEqualTo(200);
    assertThat(hub.post(api + "/publish", admin, Map.of()).status()).isEqualTo(200);
  }

  private int draft(String jsonata, String ifMatch) {
    var request =
        java.net.http.HttpRequest.newBuilder(hub.uri(api + "/draft"))
            .PUT(RunningHub.publisher(Map.of("jsonata", jsonata)))
            .header("Authorization", "Bearer " + admin)
            .header("Content-Type", "application/json");
    return hub.send((ifMatch.isEmpty() ? request : request.header("If-Match", ifMatch)).build())
        .status();
  }

  private Page editor(String role, int width, ColorScheme scheme) {
    Page page = signedIn(role, width, scheme, "/mappings/" + name.replace('/', ':'));
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
