package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of device maps in the machine's own browser, beside the plant's OPC UA server. */
class DeviceMapBrowserTest {
  @RegisterExtension static final Browser browser = new Browser();

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("m-pages");
  private final String admin = hub.token(tenant, "admin");

  private Page page(String path, int width, ColorScheme scheme) {
    Page page = browser.page(width, 900, scheme);
    page.navigate(hub.uri("/login?token=" + admin).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }

  @Test
  void aServerIsBrowsedTwoPointsArePickedAndSavedAListIsImported() throws Exception {
    Plant plant = new Plant(1, FaultTimetable.none());
    try (PumpOpcUaServer pump = new PumpOpcUaServer(plant.pump("PUMP-1"), 0)) {
      hub.device(
          admin,
          Map.of(
              "device_serial",
              "PUMP-1",
              "connection_type",
              "opcua",
              "connection",
              Map.of("address", pump.address())));
      Page page = page("/device-maps", 1280, ColorScheme.LIGHT);
      shot(page, "list");
      page.locator("#new-name").fill("acme/p-40");
      page.locator("#new-protocol").selectOption("opcua");
      page.locator("#new-map .btn").click();
      assertThat(page.locator("h1")).hasText("acme/p-40.opcua.yaml");
      // A click before the script has come goes nowhere.
      assertThat(page.locator("body[data-ready]")).isAttached();
      shot(page, "empty");

      page.locator("#do-browse").click();
      page.locator("#do-look").click();
      page.locator("#b-tags .link", new Page.LocatorOptions().setHasText("PUMP-1")).click();
      for (String path : new String[] {"ns=2;s=PUMP-1/Flow", "ns=2;s=PUMP-1/Power"}) {
        page.locator("[data-path='" + path + "']").focus();
        page.keyboard().press("Space");
      }
      assertThat(page.locator("#b-count")).hasText("2 tags picked");
      shot(page, "browse");
      page.locator("#do-add").click();
      assertThat(page.locator("#good")).containsText("2 added");
      assertThat(page.locator("#points tbody tr")).hasCount(2);
      page.locator("[aria-label='Interval, point 1']").fill("sometimes");
      assertThat(page.locator("#points .pt-problem")).containsText("expected PT1S");
      assertThat(page.locator("#do-save")).isDisabled();
      page.locator("[aria-label='Interval, point 1']").fill("PT2S");
      assertThat(page.locator("#do-save")).isEnabled();
      page.locator("#do-save").click();
      assertThat(page.locator("#good")).containsText("Saved");
      assertThat(hub.get("/api/v1/device-maps/acme:p-40.opcua.yaml", admin).text("content"))
          .isEqualTo(
              "protocol: opcua\npoints:\n"
                  + "  - {metric: flow, node: \"ns=2;s=PUMP-1/Flow\", unit: m3/h, interval: PT2S}\n"
                  + "  - {metric: power, node: \"ns=2;s=PUMP-1/Power\", unit: kW}\n");

      page.locator("#do-import").click();
      page.locator("#i-tags")
          .fill("metric,node,unit\nflow,ns=2;s=X,m3/h\nhead,ns=2;s=Y,kPa\nodd,here,kPa\n");
      page.locator("#i-conflict").selectOption("rename");
      page.locator("#do-preview").click();
      assertThat(page.locator("#i-count")).hasText("1 added, 1 renamed, 1 wrong.");
      shot(page, "import");
      page.locator("#do-apply").click();
      assertThat(page.locator("#points tbody tr")).hasCount(4);
      page.locator("#tab-text").click();
      page.locator("#text").fill("protocol: opcua\npoints:\n  - {metric: flow, node: nowhere}\n");
      assertThat(page.locator("#text-problem")).containsText("Line 3");
      shot(page, "yaml");

      for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
        Page phone = page("/device-maps/acme:p-40.opcua.yaml", 390, scheme);
        assertThat(phone.locator("#points tbody tr")).hasCount(2);
        phone.locator("#do-browse").click();
        phone.locator("#do-look").click();
        phone.locator("#b-tags .link", new Page.LocatorOptions().setHasText("PUMP-1")).click();
        assertThat(phone.locator("[data-path='ns=2;s=PUMP-1/Flow']")).isVisible();
        assertThat(phone.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
        shot(phone, "phone-" + scheme);
      }
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** For people who want to look: {@code -Dhub.shots=FOLDER}. */
  private static void shot(Page page, String name) {
    String folder = System.getProperty("hub.shots");
    if (folder != null) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of(folder, "map-" + name + ".png")));
    }
  }
}
