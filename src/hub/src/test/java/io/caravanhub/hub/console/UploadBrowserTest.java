package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The upload page in the machine's own browser. */
class UploadBrowserTest {
  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();

  @AfterEach
  void closePages() {
    browser.closePages();
  }

  @Test
  void anEngineerTriesAFileThenStoresItAndSeesWhatWasRefused() {
    Registered device = hub.device("sensor");
    Page page = signedIn(hub.token("default", "engineer"), 1440);
    page.locator("nav").getByText("Upload").click();
    page.locator("#file").setInputFiles(file(device));

    page.getByText("Try it").click();

    assertThat(page.locator("#upload-report")).containsText("What would become of it");
    assertThat(hub.rows(device)).isZero();

    page.getByText("Store readings").click();

    assertThat(page.locator("#upload-report")).containsText("What became of it");
    assertThat(page.locator(".tally-good")).containsText("2");
    assertThat(page.locator(".refused-rows tbody tr")).hasCount(1);
    assertThat(page.locator(".refused-rows")).containsText("expected a number, got \"<b>warm\"");
    assertThat(hub.rows(device)).isEqualTo(2);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void saysWhyAFileCannotBeUsed() {
    Page page = signedIn(hub.token("default", "engineer"), 390);
    page.navigate(hub.uri("/uploads").toString());
    page.locator("#file")
        .setInputFiles(
            new FilePayload("x.csv", "text/csv", "a,b\n".getBytes(StandardCharsets.UTF_8)));

    page.getByText("Store readings").click();

    assertThat(page.locator("#upload-report")).containsText("expected a column timestamp");
    int wide = (int) page.evaluate("document.documentElement.scrollWidth");
    assertThat(wide).as("nothing sticks out on a phone").isLessThanOrEqualTo(390);
  }

  @Test
  void aViewerLooksOn() {
    Page page = signedIn(hub.token("default", "viewer"), 1440);
    page.navigate(hub.uri("/uploads").toString());

    assertThat(page.locator(".upload")).containsText("Engineers and admins");
    assertThat(page.locator("#file")).hasCount(0);
  }

  private Page signedIn(String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + token).toString());
    return page;
  }

  private static FilePayload file(Registered device) {
    String rows =
        "device_id,timestamp,temperature[Cel],humidity[%]\n"
            + device.serial()
            + ",2026-01-01T00:00:00Z,21.5,\n"
            + device.serial()
            + ",2026-01-01T00:01:00Z,<b>warm,40\n"
            + device.serial()
            + ",2026-01-01T00:02:00Z,,41\n";
    return new FilePayload("plant.csv", "text/csv", rows.getBytes(StandardCharsets.UTF_8));
  }
}
