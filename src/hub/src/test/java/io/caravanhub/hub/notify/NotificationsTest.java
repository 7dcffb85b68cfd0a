package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** People are told by a running hub: who, what of, and what happens when they cannot be. */
class NotificationsTest extends NotifyingHub {
  @Test
  void everybodyInTheConsoleIsToldOfACriticalEventUnasked() {
    String viewer = it.hub.token(it.tenant, "viewer");
    UUID event = it.event("critical", "Bearing hot");
    it.event("high", "Bearing warm");

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(it.hub.get("/api/v1/inbox", viewer).json().path("unread").asInt())
                    .isEqualTo(1));
    Answer inbox = it.hub.get("/api/v1/inbox?unread=true", viewer);
    assertThat(inbox.json().at("/items/0/event_id").asText()).isEqualTo(event.toString());
    assertThat(inbox.json().at("/items/0/title").asText()).contains("Bearing hot");
    assertThat(it.messages("")).isEmpty();

    String id = inbox.json().at("/items/0/id").asText();
    assertThat(it.hub.post("/api/v1/inbox/" + id + "/read", viewer, "").status()).isEqualTo(200);
    assertThat(it.hub.get("/api/v1/inbox", viewer).json().path("unread").asInt()).isZero();
    assertThat(it.get("inbox").path("unread").asInt()).as("another reader's").isEqualTo(1);
  }

  @Test
  void aRoleOfTheHubIsAnAudienceWithoutAnybodySettingItUp() {
    Announced told = it.announce(it.event("high", "Look"), "dispatcher", false);
    assertThat(told.planned()).as(told.reason()).hasSize(1);
    assertThat(unread("dispatcher")).isEqualTo(1);
    assertThat(unread("viewer")).isZero();
    assertThat(it.announce(it.event("high", "Look"), "nobody", false).reason())
        .contains("there is no audience \"nobody\"");
  }

  @Test
  void anEventThatIsExplainedByAnotherIsNotTold() {
    UUID quiet = it.event("low", "Gateway silent");
    it.event(quiet, "suppressed = 'parent'");
    it.event(quiet, "severity = 'critical'");
    UUID loud = it.event("critical", "Fire");
    await().atMost(SOON).until(() -> unread("viewer") == 1);
    assertThat(it.get("inbox").at("/items/0/event_id").asText()).isEqualTo(loud.toString());
    it.event(quiet, "suppressed = null");
    await().atMost(SOON).until(() -> unread("viewer") == 2);
  }

  private int unread(String role) {
    return it.hub.get("/api/v1/inbox", it.hub.token(it.tenant, role)).json().path("unread").asInt();
  }

  @Test
  void whatCannotBeToldHoldsUpNothingElse() {
    it.make(
        "notification-channels",
        Map.of(
            "kind",
            "slack",
            "name",
            "first",
            "settings",
            Map.of("webhook_url", server.url() + "/first", "time_zone", "UTC")));
    it.make("recipients", Map.of("name", "Cleo", "addresses", Map.of("in-app", "cleo")));
    for (String name : List.of("sick", "well")) {
      it.make(
          "audiences",
          Map.of(
              "name",
              name,
              "steps",
              List.of(
                  Map.of("roles", List.of("nobody")),
                  name.equals("sick")
                      ? Map.of("recipients", List.of("Cleo"))
                      : Map.of("channels", List.of("first")))));
      it.announce(it.event("high", name), name, true);
    }
    it.change("notification-brand", Map.of("name", "Acme"));
    zone("Nowhere/Land");
    due();
    await().atMost(SOON).until(() -> paths().contains("/first"));

    it.make(
        "webhook-subscriptions",
        Map.of("url", server.url() + "/hook", "wants", List.of("event.raised")));
    it.event("critical", "cannot be told");
    await().atMost(SOON).until(() -> paths().contains("/hook"));
    it.event("high", "can be told");
    await().atMost(SOON).until(() -> paths().stream().filter("/hook"::equals).count() == 2);
    assertThat(unread("viewer")).isZero();
    happenings("failures = 1000");
    await()
        .atMost(SOON)
        .until(() -> it.count("happenings where failures > 1000 and tenant_id = ?") == 1);
    zone("UTC");
    await().atMost(SOON).until(() -> unread("viewer") == 1);
    zone("Nowhere/Land");
    it.event("critical", "will never be told");
    await()
        .atMost(SOON)
        .until(() -> it.count("happenings where failures > 0 and tenant_id = ?") == 1);
    happenings("failures = 1000, at = at - interval '10 minutes'");
    await().atMost(SOON).until(() -> it.count("happenings where tenant_id = ?") == 0);
  }

  private void happenings(String set) {
    it.hub
        .owner()
        .sql("update happenings set " + set + " where tenant_id = ?")
        .params(it.tenant)
        .update();
  }

  @Test
  void whatAilsAnAnnouncementCostsNoEventAndIsAnnouncedLater() {
    it.make("policies", tells("everybody"));
    it.change("notification-brand", Map.of("name", "Acme"));
    zone("Nowhere/Land");
    it.detect(Detection.Kind.RAISE, 0, 0);
    assertThat(it.count("events where tenant_id = ?")).isEqualTo(1);
    assertThat(it.count("event_explanations where summary like '%not now%' and tenant_id = ?"))
        .isEqualTo(1);
    zone("UTC");
    waited();
    await().atMost(SOON).until(() -> unread("viewer") == 1);
  }

  @Test
  void anOrderThatAPersonHasCancelledIsNotMadeAgainWithWhatIsAnnouncedLater() {
    Map<String, Object> policy = new HashMap<>(tells("everybody"));
    policy.put(
        "then",
        List.of(
            Map.of("kind", "work_order", "priority", 1),
            Map.of("kind", "notification", "to", "everybody", "urgent", true)));
    it.make("policies", policy);
    it.change("notification-brand", Map.of("name", "Acme"));
    zone("Nowhere/Land");
    it.detect(Detection.Kind.RAISE, 0, 0);
    it.hub
        .owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .params(it.tenant)
        .update();
    zone("UTC");
    waited();
    await().atMost(SOON).until(() -> unread("viewer") == 1);
    assertThat(it.count("actions where kind = 'work_order' and tenant_id = ?")).isEqualTo(1);
  }

  private void waited() {
    it.hub
        .owner()
        .sql("update policy_waits set due_at = now() where tenant_id = ?")
        .params(it.tenant)
        .update();
  }

  /** As the API would not take it. */
  private void zone(String zone) {
    it.hub
        .owner()
        .sql("update notification_brands set time_zone = ? where tenant_id = ?")
        .params(zone, it.tenant)
        .update();
  }

  @Test
  void aTemplateThatFailsCostsNeitherItsMessageNorItsEvent() {
    // As no example showed when it was saved: longer than the format allows.
    it.hub
        .owner()
        .sql(
            "insert into notification_templates (tenant_id, name, language, text) values (?,"
                + " 'event', 'en', '{' || repeat('a', 70000) || '}')")
        .params(it.tenant)
        .update();
    Announced told = it.announce(it.event("high", "Look"), "dispatcher", false);
    assertThat(told.planned()).as(told.reason()).hasSize(1);
    assertThat(unread("dispatcher")).isEqualTo(1);
  }
}
