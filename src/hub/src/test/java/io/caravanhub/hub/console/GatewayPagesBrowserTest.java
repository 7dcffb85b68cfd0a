package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of gateways in the machine's own browser. */
class GatewayPagesBrowserTest {
  private static final RunningHub HUB = RunningHub.get();
  @RegisterExtension static final Browser browser = new Browser();

  private final String tenant = RunningHub.unique("g-pages");
  private final String admin = HUB.token(tenant, "admin");

  private Page page(String path, int width, ColorScheme scheme) {
    Page page = browser.page(width, 900, scheme);
    page.navigate(HUB.uri("/login?token=" + admin).toString());
    page.navigate(HUB.uri(path).toString());
    return page;
  }

  private Answer gateway(String serial, String name) {
    return HUB.post("/api/v1/gateways", admin, Map.of("serial", serial, "name", name));
  }

  private void say(Answer gateway, Map<String, Object> health) {
    assertThat(
            HUB.post(
                    "/api/v1/gateways/" + gateway.text("id") + "/health",
                    gateway.text("token"),
                    health)
                .status())
        .isEqualTo(200);
  }

  private static Map<String, Object> connection(String device, String state, Object error) {
    Map<String, Object> connection =
        new HashMap<>(
            Map.of(
                "device",
                device,
                "protocol",
                "modbus_tcp",
                "address",
                "192.0.2.10:502",
                "state",
                state,
                "last_good",
                Instant.now().minusSeconds(3).toString(),
                "reads",
                120_400,
                "errors",
                12,
                "reconnects",
                3,
                "reads_per_s",
                98.4,
                "latency_ms",
                6.5));
    connection.put("error", error);
    return connection;
  }

  private static Map<String, Object> health(long records) {
    Map<String, Object> health = new HashMap<>();
    health.put("software", "0.1.0");
    health.put("slot", "A");
    health.put("uptime_s", 266_400);
    health.put("rss_mb", 96.4);
    health.put("disk_free_mb", 12_700);
    health.put("temperature_c", 52.5);
    health.put("load", 0.42);
    health.put("clock_offset_ms", 14);
    health.put("uplink", "mqtt");
    health.put(
        "spool",
        Map.of(
            "records",
            records,
            "bytes",
            records * 180,
            "dropped",
            0,
            "oldest",
            Instant.now().minusSeconds(4_000).toString()));
    health.put(
        "connections",
        List.of(
            connection("AHU-7", "UP", null),
            connection(
                "CH-2",
                "DOWN",
                "192.0.2.11:502: no answer within 1 s, connection closed; next try in 8 s"),
            connection("PUMP-1", "UP", null)));
    health.put("configuration", Map.of("desired", 4, "running", 3, "state", "applying"));
    return health;
  }

  @Test
  void theFleetAndAGatewayShowWhatItSaysAsItSaysIt() {
    Answer mall = gateway("GW-1", "Harbour Mall");
    Answer school = gateway("GW-2", "North School");
    gateway("GW-3", "Not yet built");
    HUB.device(
        admin,
        Map.of(
            "device_serial",
            "AHU-7",
            "device_type",
            "rooftop_unit",
            "connection_type",
            "gateway",
            "gateway_id",
            "GW-1"));
    past(mall);
    say(
        school,
        Map.of("software", "0.1.0", "uplink", "https", "spool", Map.of("records", 0, "bytes", 0)));
    HUB.owner()
        .sql("update gateways set last_seen_at = now() - interval '2 hours' where id = ?::uuid")
        .params(school.text("id"))
        .update();
    say(mall, health(1_204));

    Page fleet = page("/gateways", 1440, ColorScheme.LIGHT);
    assertThat(fleet.locator(".gates tbody tr")).hasCount(3);
    assertThat(fleet.locator(".gates")).containsText("Offline");
    assertThat(fleet.locator(".gates")).containsText("Never seen");
    assertThat(fleet.locator(".gates")).containsText("wants v4");
    look(fleet, "fleet");
    fleet.getByText("Harbour Mall").click();
    assertThat(fleet.locator("h1")).hasText("Harbour Mall");
    assertThat(fleet.locator("#spool")).hasText("1,204");
    assertThat(fleet.locator("#live-connections")).containsText("no answer within 1 s");
    assertThat(fleet.locator("#live-depth path.line")).hasCount(1);
    look(fleet, "gateway");

    say(mall, health(77));
    assertThat(fleet.locator("#spool")).hasText("77");

    String id = mall.text("id");
    for (int width : new int[] {1440, 1024, 768, 390}) {
      Page page = page("/gateways", width, width == 1024 ? ColorScheme.DARK : ColorScheme.LIGHT);
      for (String path : List.of("/gateways", "/gateways/" + id)) {
        page.navigate(HUB.uri(path).toString());
        assertThat(page.locator("h1")).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
            .as("%s at %d", path, width)
            .isEqualTo(width);
        look(page, "at-" + width + (path.length() > 10 ? "-one" : ""));
      }
    }
    Page other = browser.page(1440, 900, ColorScheme.LIGHT);
    other.navigate(
        HUB.uri("/login?token=" + HUB.token(RunningHub.unique("other"), "admin")).toString());
    assertThat(other.navigate(HUB.uri("/gateways/" + id).toString()).status()).isEqualTo(404);
  }

  /** A day with an hour without uplink. */
  private void past(Answer gateway) {
    HUB.owner()
        .sql(
            """
            insert into gateway_health (tenant_id, gateway_id, at, spool_records)
            select ?, ?::uuid, date_trunc('minute', now()) - make_interval(mins => m),
                   case when m between 200 and 260 then (260 - m) * 900 when m between 190 and 200 then (m - 190) * 5400 else 20 + m % 30 end
              from generate_series(1, 1400) m\
            """)
        .params(tenant, gateway.text("id"))
        .update();
  }

  /** Keeps a picture where {@code -Dhub.pictures=<folder>} wants one. */
  private static void look(Page page, String name) {
    String folder = System.getProperty("hub.pictures", "");
    if (!folder.isEmpty()) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of(folder, "gateway-" + name + ".png")));
    }
  }
}
