package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.RunningHub;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The inbox of events in the machine's own browser. */
class EventInboxBrowserTest {
  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("inbox");
  private final String dispatcher = hub.token(tenant, "dispatcher");
  private final String device =
      hub.device(
              hub.token(tenant, "admin"),
              Map.of("device_type", "rooftop_unit", "device_serial", "RTU-1"))
          .id();

  @AfterEach
  void nothingIsComplainedOf() {
    browser.closePages();
    assertThat(browser.complaints()).isEmpty();
  }

  private Page page(String path, String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri(path).toString());
    page.waitForSelector("body[data-ready]");
    return page;
  }

  private Page page(String path) {
    return page(path, dispatcher, 1440);
  }

  private void event(String family, String severity, String message, Duration age) {
    Events.raise(hub, tenant, device, family, severity, message, age);
  }

  private long having(String status) {
    return hub.count(
        "select count(*) from events where tenant_id = ? and status = ?", tenant, status);
  }

  @Test
  void aNewEventWaitsBehindAButtonWhileTheRestStaysWhereItIs() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(5));
    Page page = page("/events");
    Locator first = page.locator("#live-inbox .row-event").first();
    assertThat(first).containsText("Bearing is hot");
    event("charge", "critical", "Charge is low", Duration.ZERO);
    assertThat(page.locator("#news")).hasText("1 new");
    assertThat(first).containsText("Bearing is hot");
    assertThat(page).hasTitle(Pattern.compile("^\\(1\\) Events"));
    page.keyboard().press("n");
    assertThat(first).containsText("Charge is low");
    assertThat(first.locator("a.plain")).isFocused();
    assertThat(page.locator("#news")).isHidden();
  }

  @Test
  void whatElsewhereIsClosedFadesWhereItStands() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(5));
    event("filter", "low", "Filter is dirty", Duration.ofMinutes(6));
    Page page = page("/events");
    hub.owner()
        .sql(
            "update events set status = 'resolved', resolved_at = now() where tenant_id = ? and family = 'bearing'")
        .param(tenant)
        .update();
    assertThat(page.locator(".row-event.gone")).containsText("Bearing is hot");
    assertThat(page.locator(".row-event")).hasCount(2);
  }

  @Test
  void eventsAreChosenByKeysAndDismissedTogetherWithAReason() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(1));
    event("filter", "low", "Filter is dirty", Duration.ofMinutes(2));
    event("charge", "high", "Charge is low", Duration.ofMinutes(3));
    Page page = page("/events");
    page.keyboard().press("j");
    page.keyboard().press("x");
    page.keyboard().press("j");
    page.keyboard().press("j");
    page.keyboard().press("x");
    assertThat(page.locator("#chosen")).hasText("2 chosen");
    page.keyboard().press("d");
    assertThat(page.locator("#reason")).isFocused();
    page.keyboard().type("Test of the horn");
    page.keyboard().press("Enter");
    assertThat(page.locator("#said")).hasText("2 dismissed.");
    assertThat(page.locator(".row-event")).hasCount(1);
    assertThat(page.locator(".row-event")).containsText("Filter is dirty");
    assertThat(having("dismissed")).isEqualTo(2);
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and after ->> 'reason' = 'Test of the horn'",
                tenant))
        .isEqualTo(2);
    page.keyboard().press("a");
    assertThat(page.locator(".row-event .chip-acknowledged")).isVisible();
    page.keyboard().press("s");
    page.keyboard().type("Filters are on their way");
    page.keyboard().press("Enter");
    assertThat(page.locator("#empty")).containsText("Nothing needs attention");
    page.navigate(hub.uri("/events?show=shelved").toString());
    assertThat(page.locator(".row-event")).containsText("Back in 8 h");
  }

  @Test
  void aProblemIsOneLineThatShowsItsEventsWhenAsked() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(3));
    event("bearing", "critical", "Bearing vibrates", Duration.ofMinutes(4));
    event("filter", "low", "Filter is dirty", Duration.ofMinutes(5));
    Page page = page("/events");
    assertThat(page.locator(".row-event")).hasCount(2);
    Locator problem = page.locator(".row-event").first();
    assertThat(problem.locator("a.plain")).hasText("Bearing vibrates");
    page.keyboard().press("j");
    page.keyboard().press("o");
    assertThat(problem.locator(".members .event")).hasCount(2);
    page.keyboard().press("a");
    assertThat(page.locator("#ask")).containsText("Acknowledge 2 events?");
    page.keyboard().press("Enter");
    assertThat(page.locator("#said")).hasText("2 acknowledged.");
    page.locator("[name=by]").selectOption("event");
    assertThat(page.locator("#live-inbox > .row-event")).hasCount(3);
    assertThat(page).hasURL(Pattern.compile("by=event"));
  }

  @Test
  void aLetterDoesNothingAwayFromTheLinesNorWhenLettersAreSwitchedOff() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(3));
    Page page = page("/events");
    page.keyboard().press("j");
    page.locator("#q").focus();
    page.keyboard().press("Escape");
    page.keyboard().press("a");
    assertThat(page.locator("#said")).isHidden();
    page.locator("#help").click();
    page.locator("#ask input").uncheck();
    page.locator("#ask .btn-primary").click();
    page.locator(".row-event a.plain").focus();
    page.keyboard().press("a");
    assertThat(page.locator("#said")).isHidden();
    assertThat(having("acknowledged")).isZero();
  }

  @Test
  void theFilterStandsInTheAddressAndIsClearedFromTheEmptyPage() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(3));
    Page page = page("/events");
    page.keyboard().press("/");
    page.keyboard().type("vibrat%");
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile("\\?q=vibrat%25$"));
    assertThat(page.locator("#empty")).containsText("No event matches");
    page.getByText("Clear the filter").click();
    assertThat(page.locator(".row-event")).hasCount(1);
    page.waitForSelector("body[data-ready]");
    page.locator("[name=severity]").selectOption("high");
    assertThat(page).hasURL(Pattern.compile("severity=high"));
    assertThat(page.locator(".row-event")).hasCount(1);
  }

  @Test
  void thousandsOfEventsComePageByPage() {
    Events.many(hub, tenant, device, 3_000);
    Page page = page("/events");
    assertThat(page.locator(".row-event")).hasCount(50);
    assertThat(page.locator("#live-tally [aria-current] small")).hasText("3,000");
    page.locator("#more").click();
    assertThat(page.locator(".row-event")).hasCount(100);
    assertThat(page.locator(".row-event").nth(50).locator("a.plain")).isFocused();
  }

  @Test
  void theKeysAreToldAndAViewerCanOnlyRead() {
    event("bearing", "high", "Bearing is hot", Duration.ofMinutes(3));
    Page page = page("/events", hub.token(tenant, "viewer"), 390);
    assertThat(page.locator("[data-do]")).hasCount(0);
    assertThat(page.locator(".row-event .pick-row")).isHidden();
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    page.keyboard().press("?");
    assertThat(page.locator("#ask")).containsText("acknowledge");
    page.keyboard().press("Escape");
    page.keyboard().press("j");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("Bearing is hot");
  }
}
