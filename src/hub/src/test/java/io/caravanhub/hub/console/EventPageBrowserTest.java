package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.RunningHub;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of one event, the pages of policies and the figures of alarms in a real browser. */
class EventPageBrowserTest {
  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("event");
  private final String admin = hub.token(tenant, "admin");
  private final String device =
      hub.device(admin, Map.of("device_type", "rooftop_unit", "device_serial", "RTU-1")).id();

  @AfterEach
  void nothingIsComplainedOf() {
    browser.closePages();
    List<String> complaints = List.copyOf(browser.complaints());
    browser.complaints().clear();
    // What the hub refuses is told in the page; the browser notes it as well.
    assertThat(complaints).allMatch(complaint -> complaint.contains("status of 400"));
  }

  private Page page(String path, String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }

  private Page page(String path) {
    Page page = page(path, admin, 1440);
    page.waitForSelector("body[data-ready]");
    return page;
  }

  private String event(String family, String message, Duration age) {
    return Events.raise(hub, tenant, device, family, "high", message, age);
  }

  @Test
  void theChartOfAnEventIsThatOfItsSnapshotAfterTheReadingsAreGone() {
    String event = event("bearing", "Bearing is hot", Duration.ofHours(30));
    hub.owner()
        .sql(
            """
            insert into event_series (tenant_id, event_id, metric, unit, from_at, to_at, points, next_at)
            select tenant_id, id, 'temperature', 'Cel', opened_at - interval '1 hour', opened_at + interval '10 minutes',
                   (select jsonb_agg(jsonb_build_array(opened_at + (n - 60) * interval '1 minute', 70 + n / 3.0)) from generate_series(0, 70) n), null
              from events where id = cast(? as uuid)
            """)
        .param(event)
        .update();
    hub.owner()
        .sql(
            "update events set evidence = '{\"description\": \"Bearings run warm before they fail\", \"action\": \"Grease it\","
                + " \"detector\": {\"score\": 4.5, \"confidence\": 0.9, \"expectedLow\": 60, \"expectedHigh\": 80, \"reason\": \"far above its usual range\"}}' where id = cast(? as uuid)")
        .param(event)
        .update();
    Page page = page("/events/" + event);
    assertThat(page.locator("h1")).hasText("Bearing is hot");
    assertThat(page.locator("#live-proof .chart .line"))
        .hasAttribute("d", Pattern.compile("^M.{300,}", Pattern.DOTALL));
    assertThat(page.locator("#live-proof .zone")).containsText("expected 60.0 to 80.0");
    assertThat(page.locator("#live-proof .limit")).containsText("85");
    assertThat(page.locator("#live-proof .mark")).hasCount(1);
    assertThat(page.locator(".proof")).containsText("far above its usual range");
    assertThat(page.locator(".proof")).containsText("Grease it");
  }

  @Test
  void whatPeopleDoIsInTheTimelineAtOnceAndTheButtonsFollowTheState() {
    String event = event("bearing", "Bearing is hot", Duration.ofMinutes(3));
    Page page = page("/events/" + event);
    page.keyboard().press("a");
    assertThat(page.locator("#live-steps li").first()).containsText("Acknowledged");
    assertThat(page.locator("[data-do=acknowledge]")).hasCount(0);
    page.locator("#note").fill("Going there on Monday");
    page.keyboard().press("Enter");
    assertThat(page.locator("#live-steps")).containsText("Going there on Monday");
    page.locator("[data-do=resolve]").click();
    page.locator("#reason").fill("Repaired");
    page.keyboard().press("Enter");
    assertThat(page.locator("[data-do=reopen]")).isVisible();
    assertThat(page.locator("#live-standing")).containsText("Resolved");
    assertThat(
            page.evaluate(
                "new Set([...document.querySelectorAll('#live-steps li')].map(l => l.getBoundingClientRect().left)).size"))
        .as("steps of the timeline stand below one another")
        .isEqualTo(1);
  }

  @Test
  void theStoredExplanationAndTheEventsOfTheProblemAreShown() {
    String event = event("bearing", "Bearing is hot", Duration.ofMinutes(3));
    event("bearing", "Bearing vibrates", Duration.ofMinutes(2));
    hub.owner()
        .sql(
            """
            insert into event_explanations (tenant_id, event_id, cause, summary, policies, actions)
            values (?, cast(? as uuid), 'raised', 'By the policy night: work order CH-1 is held (it is outside working hours).',
              '[{"policy": "night", "matched": true, "reason": ""}, {"policy": "maintenance-due", "matched": false, "reason": "its type is likely_failure, not maintenance_due"}]',
              '[{"policy": "night", "kind": "work_order", "outcome": "held", "priority": 2, "reason": "it is outside working hours", "downgraded": false}]')
            """)
        .params(tenant, event)
        .update();
    Page page = page("/events/" + event);
    assertThat(page.locator("#live-why")).containsText("work order CH-1 is held");
    page.locator("#live-why summary").first().click();
    assertThat(page.locator("#live-why")).containsText("its type is likely_failure");
    assertThat(page.locator("#live-related")).containsText("Bearing vibrates");
  }

  @Test
  void aPolicyIsEditedTriedOnAnEventAndSavedAsTheTenantsOwn() {
    event("bearing", "Bearing is hot", Duration.ofMinutes(3));
    Page page = page("/policies/likely-failure");
    assertThat(page.locator("#state")).containsText("default.yaml");
    assertThat(page.locator("#trial .verdict-yes")).isVisible();
    assertThat(page.locator("#trial .outcomes")).containsText("Work order");
    page.locator("#yaml").fill("id: likely-failure\nwhen:\n  severity: [urgent]\nthen: []\n");
    assertThat(page.locator("#yaml-problem")).containsText("when.severity");
    assertThat(page.locator("#yaml-problem")).containsText("Line 3");
    page.locator("#yaml")
        .fill(
            "id: likely-failure\ndescription: Only a task\nwhen: {event_type: [likely_failure]}\nthen: [{kind: task, priority: 3}]\n");
    assertThat(page.locator("#trial .outcomes")).containsText("Task");
    page.locator("#do-replay").click();
    assertThat(page.locator("#replay")).containsText("1 event;");
    assertThat(page.locator(".pol-sums")).containsText("Task");
    page.locator("#do-save").click();
    assertThat(page.locator("#state")).containsText("Version 1 by");
    page.navigate(hub.uri("/policies").toString());
    assertThat(page.locator(".pol-list")).containsText("Only a task");
    page.navigate(hub.uri("/policies/likely-failure").toString());
    page.waitForSelector("body[data-ready]");
    page.locator("#do-delete").click();
    page.locator("#ask .btn-danger").click();
    assertThat(page.locator(".said-good")).containsText("in force again");
    assertThat(page.locator(".pol-list")).containsText("visited the next day");
  }

  @Test
  void theFiguresOfAlarmsStandBesideTheirTargets() {
    Events.many(hub, tenant, device, 40);
    Page page = page("/alarms?span=24h", admin, 1440);
    assertThat(page.locator(".alarm-cards")).containsText("target 10 at most");
    assertThat(page.locator(".alarm-cards .note-bad").first()).isVisible();
    assertThat(page.locator(".bars rect")).hasCount(28);
    assertThat(page.locator(".pol-list tbody tr").first()).containsText("RTU-1");
  }

  @Test
  void noneOfThePagesIsWiderThanAPhone() {
    String event = event("bearing", "Bearing is hot", Duration.ofMinutes(3));
    for (String path :
        new String[] {
          "/events/" + event, "/policies", "/policies/likely-failure", "/policies/-/new", "/alarms"
        }) {
      Page page = page(path, admin, 390);
      assertThat(page.locator("#main > *").first()).isAttached();
      assertThat(page.evaluate("document.documentElement.scrollWidth")).as(path).isEqualTo(390);
    }
  }
}
