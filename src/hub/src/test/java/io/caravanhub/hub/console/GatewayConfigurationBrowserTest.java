package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.gatewayconfig.GatewayApi;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of a gateway's files in the machine's own browser. */
class GatewayConfigurationBrowserTest {
  private static final String CONNECTIONS =
      "- device: RTU-1\n  protocol: modbus-tcp\n  address: 192.0.2.1:502\n  map: own.modbus.yaml\n";
  @RegisterExtension static final Browser browser = new Browser();

  private final RunningHub hub = RunningHub.get();
  private final GatewayApi gateway = new GatewayApi();

  @Test
  void filesAreAddedCheckedPublishedAndReportedAndACodeIsShown() {
    Page page = browser.page(1440, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + gateway.admin()).toString());
    page.navigate(hub.uri("/gateways/" + gateway.id() + "/configuration").toString());
    assertThat(page.locator("#sign-in")).hasCount(0);
    assertThat(page.locator("#none")).isVisible();
    add(page, "fieldbus.yaml", CONNECTIONS);
    page.locator("#do-check").click();
    assertThat(page.locator("#wrong")).containsText("there is no file maps/own.modbus.yaml");
    assertThat(page.locator("#text-problem")).containsText("Line 4");
    add(
        page,
        "maps/own.modbus.yaml",
        "protocol: modbus-tcp\n"
            + "points:\n"
            + "  - metric: temperature\n"
            + "    address: 1\n"
            + "    type: int16\n");
    page.locator("#do-check").click();
    assertThat(page.locator("#warned")).containsText("RTU-1 is not registered");

    page.locator("#do-publish").click();
    page.locator("#ask input").fill("first connections");
    page.locator("#ask .btn-primary").click();

    assertThat(page.locator("#good")).containsText("Version 1 is published");
    assertThat(page.locator("#drift")).containsText("drifts");
    gateway.call(
        "POST",
        "/configuration/report",
        Map.of("version", 1, "state", "rolled_back", "error", "RTU-1 does not answer"));
    assertThat(page.locator("#drift")).containsText("RTU-1 does not answer");
    page.locator("#do-versions").click();
    assertThat(page.locator("#below")).containsText("first connections");
    page.locator("#files button", new Page.LocatorOptions().setHasText("fieldbus.yaml")).click();
    page.locator("#text").fill(CONNECTIONS.replace("RTU-1", "RTU-2"));
    page.locator("#do-diff").click();
    assertThat(page.locator("#below .diff-added")).containsText("RTU-2");
    shot(page, "configuration");
    page.locator("#do-enrol").click();
    page.locator("#ask .btn-primary").click();
    assertThat(page.locator("#code")).hasText(Pattern.compile("[0-9A-Z]{4}(-[0-9A-Z]{4}){3}"));
    shot(page, "enrolment");
    assertThat(browser.complaints()).isEmpty();
  }

  private static void add(Page page, String path, String text) {
    page.locator("#do-add").click();
    page.locator("#ask input").fill(path);
    page.locator("#ask .btn-primary").click();
    assertThat(page.locator("#h-open")).hasText(path);
    page.locator("#text").fill(text);
  }

  /** For people who want to look: {@code -Dhub.shots=FOLDER}. */
  private static void shot(Page page, String name) {
    String folder = System.getProperty("hub.shots");
    if (folder != null) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of(folder, "gateway-" + name + ".png")));
    }
  }
}
