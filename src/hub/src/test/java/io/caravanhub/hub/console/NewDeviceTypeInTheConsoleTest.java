package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a newcomer does with a device nobody has met, in the console alone, as docs/DEVICE-TYPES.md
 * walks through it: describe its type, see it live, break it, see the dead letters, mend it, replay
 * them; nothing is lost and everything is told.
 */
class NewDeviceTypeInTheConsoleTest {
  private static final String SERIAL = "GH-7";
  private static final String TYPE = "greenhouse-probe";
  private static final String MESSAGE =
      "{\"probe\": \"GH-7\", \"air\": {\"temp_c\": %s, \"rh\": 58}, \"co2_ppm\": 612, \"batt_mv\": 3605}";

  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-newcomer");

  @Test
  void aDeviceNobodyHasMetGoesLiveIsBrokenMendedAndReplayedAndItsHistoryIsWhole() throws Exception {
    Page page = browser.page(1440, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + hub.token(tenant, "admin")).toString());

    describe(page);
    String token = register(page);
    assertThat(page.locator(".empty").first()).containsText("No readings yet");
    publish(token, "21.4");
    assertThat(page.locator(".chart[data-key=temperature] .figure b")).hasText("21.4");
    assertThat(page.locator(".chart[data-key=co2]")).containsText("612");
    assertThat(page.locator(".chart[data-key=temperature] .line"))
        .hasAttribute("d", Pattern.compile("^M\\S+ \\S+h2$"));
    String device = page.url();

    breakIt(page);
    page.navigate(device);
    publish(token, "22.5");
    publish(token, "23.5");
    assertThat(page.locator(".facts .note-bad")).hasText("2");
    page.locator(".facts .note-bad").click();
    assertThat(page.locator(".letter")).hasCount(2);
    assertThat(page.locator(".letter").first()).containsText("expected a number, got \"GH-7\"");

    mend(page);
    publish(token, "24.5");
    replay(page);

    page.navigate(device);
    assertThat(page.locator(".facts .note-bad")).hasCount(0);
    assertThat(page.locator(".chart[data-key=temperature] .figure b")).hasText("24.5");
    assertThat(stored("t.value", Double.class)).containsExactly(21.4, 22.5, 23.5, 24.5);
    assertThat(stored("v.version", Integer.class)).containsExactly(1, 3, 3, 3);
    page.locator("#live-state a").getByText("Greenhouse probe").click();
    assertThat(page.locator(".version-head b"))
        .hasText(new String[] {"Version 3", "Version 2", "Version 1"});
    assertThat(page.locator(".versions")).containsText("the probe is in another field now");
    page.locator("[data-version='3'] [data-diff]").click();
    assertThat(page.locator("[data-version='3'] .diff-added")).containsText("air.temp_c");
    assertThat(browser.complaints()).isEmpty();
  }

  private static void describe(Page page) {
    page.locator("nav").getByText("Types").click();
    page.getByText("New device type").first().click();
    page.locator("#name").fill(TYPE);
    page.locator("#payload-text").fill(MESSAGE.formatted("21.4"));
    page.getByText("Propose from the payload").click();
    assertThat(page.locator("#ask .prop-table")).containsText("battery_voltage");
    page.getByText("Put it into the editor").click();
    assertThat(page.locator("#fields")).hasValue(Pattern.compile("air\\.temp_c"));
    assertThat(page.locator("#result .res-table")).containsText("temperature");
    assertThat(page.locator("#result .res-rejected")).hasCount(0);
    page.locator("#save").click();
    assertThat(page.locator("#saved")).containsText("Version 1 is in force");
  }

  private static String register(Page page) {
    page.locator("#saved a").click();
    assertThat(page.locator("[name=device_type]")).hasValue(TYPE);
    page.locator("[name=device_serial]").fill(SERIAL);
    page.locator("button[type=submit]").getByText("Register").click();
    String token = page.locator("#token").textContent();
    page.getByText("Watch for its first message").click();
    return token;
  }

  private static void breakIt(Page page) {
    page.locator("#live-state a").getByText("Greenhouse probe").click();
    assertThat(page.locator("#fields")).hasValue(Pattern.compile("air\\.temp_c"));
    String fields = page.locator("#fields").inputValue();
    page.locator("#fields").fill(fields.replace("air.temp_c", "probe"));
    assertThat(page.locator("#result .res-rejected")).containsText("expected a number");
    page.locator("#note").fill("the probe is in another field now");
    page.locator("#save").click();
    assertThat(page.locator("#saved")).containsText("Version 2 is in force");
  }

  private static void mend(Page page) {
    page.locator("nav").getByText("Types").click();
    page.locator(".type-list a").getByText(TYPE).click();
    assertThat(page.locator("#payload optgroup[label='Dead letters (2)']")).isAttached();
    assertThat(page.locator("#payload-text")).hasValue(Pattern.compile("23\\.5"));
    assertThat(page.locator("#fields")).hasValue(Pattern.compile("probe:"));
    String fields = page.locator("#fields").inputValue();
    page.locator("#fields")
        .fill(fields.replace("probe:", "air.temp_c:").replace("\"probe\":", "\"air.temp_c\":"));
    assertThat(page.locator("#result .res-rejected")).hasCount(0);
    assertThat(page.locator("#result .res-table")).containsText("23.5");
    page.keyboard().press("Control+s");
    assertThat(page.locator("#saved")).containsText("Version 3 is in force");
  }

  private static void replay(Page page) {
    page.locator(".type-list .note-bad").click();
    page.getByText("Replay all that match").click();
    assertThat(page.locator("#replays .chip").first()).hasText("Done");
    page.navigate(page.url());
    assertThat(page.locator(".letter")).hasCount(0);
  }

  private void publish(String token, String temperature) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), SERIAL, token)) {
      mqtt.publish("t/" + tenant + "/d/" + SERIAL + "/telemetry", MESSAGE.formatted(temperature))
          .get(30, TimeUnit.SECONDS);
    }
  }

  /**
   * Of each temperature, in the order of their times: each message has one, at the time it came.
   */
  private <T> List<T> stored(String what, Class<T> kind) {
    return hub.owner()
        .sql(
            "select "
                + what
                + """
                 from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
                  join mappings v on v.id = telemetry_mapping(t.batch_id)
                 where d.tenant_id = ? and d.serial = ? and m.key = 'temperature' order by t.ts\
                """)
        .params(tenant, SERIAL)
        .query(kind)
        .list();
  }
}
