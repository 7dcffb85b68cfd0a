package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.notice.Notices;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The console as a person meets it, in the machine's own browser. */
class ConsoleBrowserTest {
  private static final String EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>";

  private static final String MENDABLE = "{\"metrics\": {\"temperature\": \"hot\"}}";

  @TempDir static Path home;
  private static ConsoleFixture hub;
  @RegisterExtension static final Browser browser = new Browser();
  private static String unit;
  private static String evil;
  private static String leak;

  @BeforeAll
  static void openShop() {
    hub = new ConsoleFixture(home);
    unit = hub.device("RTU-1", "rooftop_unit", "Norvane", "RX500", "modbus_tcp");
    evil = hub.device(EVIL, "pump", EVIL, "P", "mqtt");
    hub.past(unit, "suction_pressure", "kPa", Duration.ofMinutes(12), age -> 800 - age);
    leak = hub.event(unit, "critical", "suction_pressure", "Leak " + EVIL, Duration.ZERO);
    hub.order(leak, "Repair the leak " + EVIL, 1, "ACCEPTED", "WO-7", 1);
    hub.deadLetter("RTU-1", "/value", "expected a number " + EVIL, EVIL);
    hub.route(
        "ingest/tick.camel.yaml",
        """
        - route:
            id: tick
            group: ingest
            description: Ticks
            from:
              uri: timer:tick?period=100
              steps:
                - setBody:
                    constant: x
        """);
    hub.route(
        "dead-letter/dead-letter-again.camel.yaml",
        """
        - route:
            id: dead-letter-again
            group: dead-letter
            description: Takes everything
            from:
              uri: direct:dead-letter.again
              steps:
                - setBody:
                    constant: x
        """);
    hub.route(
        "ingest/broken.camel.yaml", "- route:\n    id: broken\n    from:\n      uri: ftpp:x\n");
  }

  @AfterAll
  static void closeShop() {
    if (hub != null) {
      hub.close();
    }
  }

  @AfterEach
  void nothingIsComplainedOf() {
    browser.closePages();
    assertThat(browser.complaints()).isEmpty();
  }

  private static Page open(String path) {
    Page page = browser.page(1440, 900, ColorScheme.LIGHT);
    page.navigate(hub.url(path));
    return page;
  }

  private static void say(double pressure) {
    hub.say(unit, Measurement.of("suction_pressure", Instant.now(), pressure, "kPa"));
  }

  @Test
  void theOverviewShowsDevicesEventsAndWorkOrders() {
    say(790);
    Page page = open("/");
    assertThat(page.locator("#live-devices .tile")).hasCount(2);
    assertThat(page.locator("#live-events .event")).containsText("Critical");
    assertThat(page.locator("#live-orders .order")).containsText("WO-7");
    assertThat(page.locator("#live-cards .kpi")).hasCount(5);
  }

  @Test
  void anOnlookerWithoutASessionSeesTheEditorAndMayCall() {
    Page page = open("/mappings/acme:none");
    page.waitForSelector("body[data-ready]");
    assertThat(page.locator("#state")).containsText("nothing is in force");
    assertThat(page.locator("#editing").getAttribute("data-csrf")).isNotEmpty();
    page.locator("#tab-fields").click();
    assertThat(page.locator("#grid")).containsText("No lines yet");
    assertThat(page.locator("#do-publish")).hasCount(0);
  }

  @Test
  void aNewReadingAppearsWithoutReloading() {
    say(790);
    Page page = open("/");
    page.evaluate("window.sameDocument = true");
    assertThat(page.locator("#live-devices .tile-fault .figure b")).hasText("790");
    say(543);
    assertThat(page.locator("#live-devices .tile-fault .figure b")).hasText("543");
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
  }

  @Test
  void theFocusStaysWhereItIsWhileThePageIsUpdated() {
    say(700);
    Page page = open("/");
    page.locator("#live-devices .tile-fault").focus();
    say(512);
    assertThat(page.locator("#live-devices .tile-fault .figure b")).hasText("512");
    assertThat(page.locator("#live-devices .tile-fault")).isFocused();
  }

  @Test
  void aRefusedFileIsShownWithItsLineAndReason() {
    Page page = open("/routes");
    assertThat(page.locator(".refusal")).containsText("broken.camel.yaml:4");
    assertThat(page.locator(".refusal")).containsText("ftpp");
    assertThat(page.locator(".route-name b").getByText("tick")).isVisible();
  }

  @Test
  void aRouteThatRunsIsCounted() {
    Page page = open("/");
    assertThat(page.locator("#live-flow .route[data-key=tick]")).hasClass("route route-busy");
  }

  @Test
  void aNameThatLooksLikeAScriptStaysText() {
    for (String path :
        new String[] {
          "/", "/devices", "/devices/" + evil, "/events", "/dead-letters", "/work-orders"
        }) {
      Page page = open(path);
      page.onDialog(dialog -> browser.complaints().add("dialog on " + path));
      assertThat(page.locator("main")).containsText("<img src=x");
      assertThat(page.locator("main img, main script:not([src])")).hasCount(0);
    }
  }

  @Test
  void theDevicePageDrawsTheHistoryOfEachMetric() {
    say(790);
    Page page = open("/devices/" + unit);
    assertThat(page.locator(".chart").first()).containsText("Suction pressure");
    assertThat(page.locator(".chart .line").first())
        .hasAttribute(
            "d", java.util.regex.Pattern.compile("^M.{100,}", java.util.regex.Pattern.DOTALL));
    page.locator(".plot").first().hover();
    assertThat(page.locator(".tip text")).containsText("kPa");
  }

  @Test
  void theEventPageShowsWhatCameOfItAndTheReadingsThatLedToIt() {
    Page page = open("/events/" + leak);
    assertThat(page.locator("h1")).containsText("Leak");
    assertThat(page.locator(".order")).containsText("WO-7");
    assertThat(page.locator(".chart")).containsText("Suction pressure");
  }

  @Test
  void noPageIsWiderThanAPhone() {
    for (String path :
        new String[] {
          "/",
          "/devices",
          "/devices/" + unit,
          "/events",
          "/work-orders",
          "/routes",
          "/dead-letters",
          "/metrics",
          "/metrics/limits?key=flow"
        }) {
      Page page = browser.page(390, 844, ColorScheme.DARK);
      page.navigate(hub.url(path));
      assertThat(page.locator("#main > *").first()).isAttached();
      assertThat(page.evaluate("document.documentElement.scrollWidth")).as(path).isEqualTo(390);
    }
  }

  @Test
  void aDeadLetterIsMendedInItsEditBoxAndReplayed() {
    hub.deadLetter("RTU-1", "metrics.temperature", "expected a number, got \"hot\"", MENDABLE);
    Page page = open("/login?token=" + hub.adminToken());
    page.navigate(hub.url("/dead-letters?reason=got+%22hot%22"));
    assertThat(page.locator(".letter")).hasCount(1);
    page.locator(".letter summary").click();
    page.locator(".letter-open").click();
    assertThat(page.locator(".at-fault")).hasText("\"temperature\": \"hot\"");
    page.locator("#payload").fill(MENDABLE.replace("\"hot\"", "20"));
    page.getByText("Replay as edited").click();
    assertThat(page.locator(".said-good")).containsText("Replayed");
    assertThat(page.locator(".letter-facts .chip")).hasText("Replayed");
    assertThat(page.locator("#payload")).hasCount(0);
    assertThat(page.locator("pre.payload")).containsText("hot");
  }

  @Test
  void aNoticeStandsAboveEveryPageUntilSomebodyHasReadIt() {
    TenantScope.run(
        ConsoleFixture.TENANT,
        () -> hub.bean(Notices.class).raise("test", "high", "120 messages " + EVIL));
    Page page = open("/login?token=" + hub.adminToken());
    assertThat(page.locator(".notice")).containsText("120 messages <img");
    page.getByText("Understood").click();
    assertThat(page.locator(".notice")).hasCount(0);
  }

  @Test
  void limitsOfAMetricAreSetOnItsPageAndAWrongOneIsTold() {
    Page page = open("/login?token=" + hub.adminToken());
    page.navigate(hub.url("/metrics?q=suction_pressure"));
    page.locator("tbody a").click();
    page.locator("[name=max]").fill("much");
    page.getByText("Save").click();
    assertThat(page.locator(".said-wrong")).hasText("max: expected a number");
    page.locator("[name=max]").fill("900.5");
    page.locator("[name=stuck_after]").fill("PT10M");
    page.getByText("Save").click();
    assertThat(page.locator(".said-good")).containsText("Saved");
    page.navigate(hub.url("/metrics?q=suction_pressure"));
    assertThat(page.locator("tbody tr")).containsText("-100 to 900.5");
  }

  @Test
  void whatIsNotGoodIsMarkedInTheChartWithItsReason() {
    hub.say(
        unit,
        new Measurement(
            "suction_pressure", Instant.now(), 9_000, null, "kPa", Quality.SUSPECT, "range"));
    Page page = open("/devices/" + unit);
    assertThat(page.locator(".chart").first()).containsText("Suspect: range");
  }

  @Test
  void aLinkWithATokenSignsInAndLeavesNoTokenInTheAddress() {
    Page page = open("/login?token=" + hub.adminToken());
    assertThat(page).hasURL(hub.url("/"));
    assertThat(page.locator(".tenant small")).hasText("admin");
  }

  @Test
  void aTokenIsPastedIntoTheForm() {
    Page page = open("/login");
    page.locator("#token").fill(hub.adminToken());
    page.locator("button[type=submit]").click();
    assertThat(page.locator(".tenant small")).hasText("admin");
  }

  @Test
  void aStreamEndsWhenItsPageIsClosed() {
    LiveStreams streams = hub.bean(LiveStreams.class);
    open("/");
    await().atMost(Duration.ofSeconds(30)).until(() -> streams.topics() > 0);
    browser.closePages();
    await().atMost(Duration.ofSeconds(20)).until(() -> streams.clients() == 0);
    assertThat(streams.topics()).isZero();
  }
}
