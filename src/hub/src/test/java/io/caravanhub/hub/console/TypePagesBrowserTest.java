package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of device types in the machine's own browser. */
class TypePagesBrowserTest {
  private static final String FLOOR =
      "{\"hub\": \"LH-7\", \"rooms\": [{\"room\": \"101\", \"temp_c\": 21.5}, {\"room\": \"102\", \"temp_c\": 95}]}";
  private static final Map<String, Object> FLOW =
      Map.of(
          "name",
          "meter",
          "mapping",
          Map.of("fields", "fields:\n  q: {metric: flow, unit: m3/h}\n"));

  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-pages");
  private final String admin = hub.token(tenant, "admin");

  @AfterEach
  void closePages() {
    browser.closePages();
  }

  private Page page(String path) {
    return page(path, admin, 1440);
  }

  private Page page(String path, String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.DARK);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }

  private void meter() {
    Answer made = hub.post("/api/v1/device-types", admin, FLOW);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
  }

  @Test
  void aMessageOfManyDevicesIsOfferedToBeSplitAndTriedPartByPart() {
    Page page = page("/new-device-type");
    page.locator("#name").fill("room-hub");
    page.locator("#payload-text").fill(FLOOR);

    assertThat(page.locator("#offer")).containsText("2 devices: rooms, each named by room");
    page.getByText("Split it").click();
    page.locator("#fields").fill("fields:\n  temp_c: {metric: temperature, unit: Cel}\n");
    page.locator("#limit-part summary").click();
    page.locator("#add-limit").click();
    page.locator("#limits [data-limit=metric]").fill("temperature");
    page.locator("#limits [data-limit=max]").fill("40");
    page.locator("#limits [data-limit=range_quality]").selectOption("bad");

    assertThat(page.locator(".part").first()).containsText("refused");
    page.getByText("Let them register themselves").click();
    assertThat(page.locator(".part").first()).containsText("trial:101");
    assertThat(page.locator(".part").first()).containsText("would be registered");
    assertThat(page.locator(".part").nth(1).locator(".res-bad"))
        .containsText("outside the plausible range");
    assertThat(page.locator("[data-summary]").first()).containsText("2 devices");
  }

  @Test
  void whatIsWrittenInYamlIsInTheFormAndTheOtherWayRound() {
    meter();
    Page page = page("/device-types/meter");
    page.locator("#description").fill("Water, main");
    page.locator("#tab-yaml").click();
    assertThat(page.locator("#yaml")).hasValue(Pattern.compile("description: \"?Water, main"));

    String yaml = page.locator("#yaml").inputValue();
    page.locator("#yaml").fill(yaml + "defaults:\n  manufacturer: Acme\n");
    page.locator("#tab-form").click();
    assertThat(page.locator("[data-path='defaults.manufacturer']")).hasValue("Acme");
    page.locator("#tab-yaml").click();
    page.locator("#yaml").fill("name: meter\nprocessing_mode: thing\n");
    page.locator("#tab-form").click();
    assertThat(page.locator("#yaml-problem")).containsText("processing_mode: expected endpoint");
    assertThat(page.locator("#as-form")).isHidden();
  }

  @Test
  void whatCannotBeUsedIsMarkedWhereItStands() {
    meter();
    Page page = page("/device-types/meter");
    page.locator("#fields").fill("fields:\n  q: {metric: flow, unit: furlong}\n");
    page.locator("#save").click();
    assertThat(page.locator("#fields-problem")).containsText("furlong");
    assertThat(page.locator("#state")).hasText("Not saved");

    page.locator("#fields").fill("fields:\n  q: {metric: flow, unit: m3/h}\n");
    page.locator("#limit-part summary").click();
    page.locator("#add-limit").click();
    page.locator("#limits [data-limit=metric]").fill("flow");
    page.locator("#limits [data-limit=max]").fill("much");
    page.locator("#save").click();
    assertThat(page.locator("#limits .field-problem")).hasText("expected a number");
  }

  @Test
  void whatWasRefusedStaysMarkedWhenTheSameIsTried() {
    meter();
    Page page = page("/device-types/meter");
    page.locator("#fields").fill("fields:\n  q: {metric: flow, unit: furlong}\n");
    page.locator("#save").click();
    assertThat(page.locator("#fields-problem")).containsText("furlong");

    page.locator("#test").click();
    assertThat(page.locator("#fields-problem")).containsText("furlong");

    page.locator("#fields").fill("fields:\n  q: {metric: flow, unit: m3/h}\n");
    assertThat(page.locator("#fields-problem")).isEmpty();
  }

  @Test
  void whatSomebodyElseChangedIsShownBeforeItIsSavedOver() {
    meter();
    Page page = page("/device-types/meter");
    page.locator("#description").fill("mine");
    put(Map.of("description", "theirs", "mapping", FLOW.get("mapping")));

    page.locator("#save").click();
    assertThat(page.locator("#ask .diff-added")).containsText("theirs");
    page.getByText("Save mine over theirs").click();
    assertThat(page.locator("#saved")).containsText("Version 3 is in force");
    assertThat(page.locator("#description")).hasValue("mine");
  }

  private void put(Map<String, Object> type) {
    Answer answer =
        hub.send(
            java.net.http.HttpRequest.newBuilder(hub.uri("/api/v1/device-types/meter"))
                .PUT(RunningHub.publisher(type))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + admin)
                .header("If-Match", "*")
                .build());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void anEarlierVersionIsTakenBackInThePage() {
    meter();
    put(Map.of("description", "worse", "mapping", FLOW.get("mapping")));
    Page page = page("/device-types/meter");
    page.locator("[data-version='1'] [data-rollback]").click();
    assertThat(page.locator("#ask .diff-gone")).containsText("worse");
    page.locator("#ask button[value=back]").click();

    assertThat(page.locator("#saved")).containsText("Version 3 is in force");
    assertThat(page.locator("#history [data-version='3']")).containsText("back to version 1");
    assertThat(page.locator("#description")).hasValue("");
  }

  @Test
  void aFileMakesATypeAndATypeAFile() {
    Page page = page("/new-device-type");
    page.locator("#load")
        .setInputFiles(
            new FilePayload(
                "meter.yaml",
                "application/yaml",
                "name: meter\ndescription: out of a file\nmapping:\n  jsonata: '{\"metrics\": {\"flow\": q}}'\n"
                    .getBytes(StandardCharsets.UTF_8)));
    assertThat(page.locator("#name")).hasValue("meter");
    page.locator("#save").click();
    assertThat(page.locator("#saved")).isVisible();

    Object file = page.evaluate("fetch('/device-types/meter/file').then(answer => answer.text())");

    assertThat(String.valueOf(file)).contains("description: out of a file", "flow");
  }

  @Test
  void aViewerSeesATypeAndChangesNothing() {
    meter();
    Page page = page("/device-types/meter", hub.token(tenant, "viewer"), 1024);
    assertThat(page.locator("#fields")).hasValue(Pattern.compile("flow"));
    assertThat(page.locator("#fields")).not().isEditable();
    assertThat(page.locator("#description")).isDisabled();
    assertThat(page.locator("#save, #payload, [data-rollback], #delete")).hasCount(0);
    page.locator("#tab-yaml").click();
    assertThat(page.locator("#yaml")).hasValue(Pattern.compile("name: meter"));
    assertThat(
            page.evaluate(
                "call => fetch('/api/v1/device-types/meter', {method: 'DELETE', headers: {'X-CSRF-TOKEN': document.getElementById('editing').dataset.csrf, 'If-Match': '*'}}).then(a => a.status)"))
        .isEqualTo(403);
  }

  @Test
  void noPageIsWiderThanATabletOrAPhone() {
    meter();
    for (String path :
        List.of("/device-types", "/device-types/meter", "/new-device-type", "/new-device")) {
      for (int width : new int[] {1440, 1024, 768, 390}) {
        Page page = page(path, admin, width);
        assertThat(page.locator("h1")).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
            .as("%s at %d", path, width)
            .isEqualTo(width);
        page.context().close();
      }
    }
  }

  @Test
  void aSerialThatIsTakenIsToldInTheForm() {
    hub.device(admin, Map.of("device_serial", "M-1", "device_type", "meter"));
    Page page = page("/new-device?type=meter");
    page.locator("[name=device_serial]").fill("M-1");
    page.locator("button[type=submit]").getByText("Register").click();
    assertThat(page.locator("#wrong")).containsText("is there already");
    assertThat(page.locator("[name=device_serial]")).hasValue("M-1");
  }
}
