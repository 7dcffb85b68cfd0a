package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.MqttGateway;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.gatewayconfig.GatewayApi;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands on a device's page in the machine's own browser, with a gateway that answers them. */
class CommandBrowserTest {
  private static final String CONNECTION =
      "- {device: AHU-7, protocol: modbus-tcp, address: '192.0.2.1:502', map: ahu.yaml,"
          + " options: {writes: true}}\n";
  private static final String MAP =
      """
      protocol: modbus-tcp
      points:
        - {metric: cooling_setpoint, address: 0, type: int16, scale: 0.1, unit: Cel, writable: true, min: 16, max: 28}
        - {metric: operating_mode, address: 20, type: uint16, writable: true, values: {0: "off", 1: heat, 2: cool}}
        - {metric: fan_enabled, address: 3, table: coil, writable: true}
        - {metric: runtime, address: 40, type: int16}
      """;
  @RegisterExtension static final Browser browser = new Browser();

  private final RunningHub hub = RunningHub.get();
  private final GatewayApi gateway = new GatewayApi();
  private final Registered device = gateway.device("AHU-7");

  @AfterEach
  void closePages() {
    browser.closePages();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aPointOfTheDevicesMapIsWrittenByKeyboardAndItsEndIsSeen() throws Exception {
    publish(MAP, CONNECTION);
    gateway.call("POST", "/health", Map.of("configuration", Map.of("desired", 1, "running", 1)));
    hub.ingest(
        device.token(), Map.of("device_id", "AHU-7", "metrics", Map.of("cooling_setpoint", 22.5)));
    Page page = page(gateway.admin(), 1440, ColorScheme.LIGHT);
    assertThat(page.locator("#c-metric option"))
        .hasText(new String[] {"Choose…", "Cooling setpoint", "Operating mode", "Fan enabled"});
    page.locator("#c-send").press("Enter");
    assertThat(page.locator("#c-metric-problem")).hasText("Choose a point.");
    assertThat(page.locator("#c-metric")).isFocused();
    page.keyboard().type("Coo");
    assertThat(page.locator("#c-limits")).containsText("16 to 28 °C");
    assertThat(page.locator("#c-unit")).hasText("°C");
    page.locator("#c-value").fill("40");
    page.keyboard().press("Enter");
    assertThat(page.locator("#c-value-problem")).hasText("Expected 16 to 28 °C.");

    try (MqttGateway site = gateway.listen("commands")) {
      page.locator("#c-value").fill("21.5");
      page.keyboard().press("Enter");
      assertThat(page.locator("#ask"))
          .containsText("Set Cooling setpoint of AHU-7 (Halden AeroTop) to 21.5 °C.");
      assertThat(page.locator("#ask")).containsText("acts on the machine at once");
      look(page, "asked");
      page.keyboard().press("Enter");
      assertThat(page.locator("#ask")).isVisible();
      page.keyboard().press("Tab");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      JsonNode sent = site.next();
      assertThat(sent.path("value").doubleValue()).isEqualTo(21.5);
      assertThat(page.locator("#c-said")).containsText("sent");
      assertThat(page.locator(".command .chip")).hasText("Sent");
      look(page, "sent");
      answer(site, sent, "done", "21.5", "null");
      assertThat(page.locator("#c-said"))
          .hasText("Cooling setpoint = 21.5 °C: done, read back 21.5 °C.");
      assertThat(page.locator(".command"))
          .hasText(Pattern.compile("Done\\s*read back 21.5 °Ctest \\(admin\\)"));

      page.locator("#c-metric").selectOption("operating_mode");
      page.locator("#c-choice").selectOption("cool");
      write(page);
      JsonNode mode = site.next();
      assertThat(mode.path("value").textValue()).isEqualTo("cool");
      answer(site, mode, "failed", "\"heat\"", "\"the device has heat after the write\"");
      assertThat(page.locator("#c-said"))
          .hasText(
              "Operating mode = cool: failed, read back heat; the device has heat after the write.");
    }
    page.locator("#c-metric").selectOption("fan_enabled");
    page.locator("#c-choice").selectOption("On");
    write(page);
    assertThat(page.locator("#c-said")).containsText("waits for its gateway");
    hub.owner()
        .sql(
            "update gateway_commands set expires_at = now() - interval '1 minute' where state = 'PENDING' and device_id = ?::uuid")
        .params(device.id())
        .update();
    assertThat(page.locator("#c-said")).containsText("expired, the gateway was not connected");
    look(page, "ended");
    for (int width : new int[] {1440, 1024, 390}) {
      Page other = page(gateway.admin(), width, ColorScheme.DARK);
      assertThat(other.locator(".command")).hasCount(3);
      assertThat(other.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
      look(other, "dark-" + width);
      other.navigate(hub.uri("/gateways/" + gateway.id()).toString());
      assertThat(other.locator("#live-commands")).containsText("AHU-7");
      look(other, "gateway-" + width);
    }
  }

  @Test
  void withoutAMapThePointIsFreeAndErrorsStandBesideTheirField() throws Exception {
    Page page = page(gateway.token("engineer"), 390, ColorScheme.LIGHT);
    page.locator("#c-metric").fill("recipe");
    page.locator("#c-kind").selectOption("TEXT");
    page.locator("#c-value").fill("night");
    page.route(
        "**/command",
        route -> {
          String body = route.request().postData().replace("PT1M", "P2D");
          route.resume(new com.microsoft.playwright.Route.ResumeOptions().setPostData(body));
        });
    write(page);
    assertThat(page.locator("#c-expires-problem")).containsText("at most a day");
    look(page, "free");
    page.unroute("**/command");
    browser.complaints().removeIf(text -> text.contains("status of 400"));
    write(page);
    assertThat(page.locator(".command b")).hasText("Recipe = night");
  }

  @Test
  void whoMayNotSendSeesWhatWasSentAndADeviceThatTakesNoneSaysSo() {
    Page reader = page(gateway.token("viewer"), 1440, ColorScheme.LIGHT);
    assertThat(reader.locator("#live-commands")).containsText("No commands");
    assertThat(reader.locator("#command")).hasCount(0);

    publish(MAP, CONNECTION.replace("writes: true", "writes: false"));
    Page page = page(gateway.admin(), 1440, ColorScheme.LIGHT);
    assertThat(page.locator(".command-closed")).containsText("does not say writes: true");
    assertThat(page.locator("#command")).hasCount(0);
    look(page, "closed");

    Registered alone = hub.device(gateway.admin(), Map.of());
    page.navigate(hub.uri("/devices/" + alone.id()).toString());
    assertThat(page.locator("#no-commands")).containsText("behind a gateway");
    assertThat(page.locator("#commands")).hasCount(0);
  }

  private void publish(String map, String connection) {
    assertThat(gateway.publish(Map.of("fieldbus.yaml", connection, "maps/ahu.yaml", map)).status())
        .isEqualTo(200);
  }

  private Page page(String token, int width, ColorScheme scheme) {
    Page page = browser.page(width, 900, scheme);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri("/devices/" + device.id()).toString());
    return page;
  }

  private static void write(Page page) {
    page.locator("#c-send").click();
    page.locator("#ask .btn-danger").click();
  }

  private static void answer(
      MqttGateway site, JsonNode command, String state, String value, String reason)
      throws Exception {
    site.publish(
        "commands/ack",
        "{\"id\": %s, \"state\": \"%s\", \"value\": %s, \"reason\": %s}"
            .formatted(command.path("id"), state, value, reason));
  }

  /** Keeps a picture where {@code -Dhub.pictures=<folder>} wants one. */
  private static void look(Page page, String name) {
    String folder = System.getProperty("hub.pictures", "");
    if (!folder.isEmpty()) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of(folder, "command-" + name + ".png")));
    }
  }
}
