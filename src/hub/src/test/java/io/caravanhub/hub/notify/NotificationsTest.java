package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.Answer;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People are told over real mail and HTTP servers by a running hub. */
class NotificationsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Notifying it = new Notifying();
  private GreenMail mail;
  private HookServer server;

  @BeforeEach
  void start() throws IOException {
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.setUser("hub@example.com", "hub", "secret-of-the-test");
    mail.start();
    server = new HookServer();
  }

  @AfterEach
  void stop() {
    mail.stop();
    server.close();
  }

  private String smtp() {
    return it.make(
            "notification-channels",
            Map.of(
                "kind",
                "smtp",
                "name",
                "mail",
                "settings",
                Map.of(
                    "host",
                    "127.0.0.1",
                    "port",
                    mail.getSmtp().getPort(),
                    "security",
                    "none",
                    "username",
                    "hub",
                    "password",
                    "secret-of-the-test",
                    "from",
                    "Plant <hub@example.com>")))
        .text("id");
  }

  private void anna(Map<String, Object> more) {
    Map<String, Object> body = new java.util.HashMap<>(more);
    body.put("name", "Anna");
    body.put("role", "shift");
    body.put("language", "de");
    body.put("time_zone", "Europe/Berlin");
    body.putIfAbsent("addresses", Map.of("smtp", "anna@example.com"));
    it.make("recipients", body);
    it.audience("shift", Map.of("roles", List.of("shift")));
  }

  private MimeMessage received(int number) {
    await().atMost(SOON).until(() -> mail.getReceivedMessages().length >= number);
    return mail.getReceivedMessages()[number - 1];
  }

  private static String part(MimeMessage message, int number) throws Exception {
    BodyPart part = ((MimeMultipart) message.getContent()).getBodyPart(number);
    return (String) part.getContent();
  }

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
  void aMailIsInTheReadersLanguageAndZoneAsTextAndHtmlWithABrand() throws Exception {
    it.change("notification-brand", Map.of("name", "Acme <GmbH>", "colour", "#aa0011"));
    smtp();
    anna(Map.of());
    UUID event = it.event("critical", "Lager <script>heiß");
    Announced announced = it.announce(event, "shift", false);
    assertThat(announced.planned()).as(announced.reason()).hasSize(1);
    assertThat(it.announce(event, "shift", false).planned()).isEmpty();

    MimeMessage message = received(1);
    assertThat(message.getSubject()).startsWith("Kritisch: ");
    assertThat(message.getFrom()[0].toString()).contains("hub@example.com");
    assertThat(part(message, 0)).contains("Lager <script>heiß", "91,5\u00a0°C", "Zu tun: Look");
    assertThat(part(message, 1))
        .contains("Lager &lt;script&gt;heiß", "Acme &lt;GmbH&gt;", "#aa0011", "/events/" + event)
        .doesNotContain("<script>");
    assertThat(message.getHeader("List-Unsubscribe-Post")[0])
        .isEqualTo("List-Unsubscribe=One-Click");
    assertThat(message.getHeader("Auto-Submitted")[0]).isEqualTo("auto-generated");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(it.messages("?state=SENT&event=" + event)).hasSize(1));
    assertThat(it.get("notification-channels").toString())
        .contains("\"good\"", "********")
        .doesNotContain("secret-of-the-test");
  }

  @Test
  void whoUnsubscribesIsWrittenNoMore() throws Exception {
    smtp();
    anna(Map.of());
    it.announce(it.event("high", "one"), "shift", true);
    String link =
        received(1)
            .getHeader("List-Unsubscribe")[0]
            .replaceAll("[<>]", "")
            .replaceFirst("http://[^/]*", "");
    HttpClient browser = HttpClient.newHttpClient();
    HttpResponse<String> page =
        browser.send(
            HttpRequest.newBuilder(it.hub.uri(link)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("anna@example.com", "<form method=\"post\">");
    assertThat(it.get("recipients").at("/items/0/unsubscribed"))
        .as("looking changes nothing")
        .isEmpty();

    HttpResponse<String> done =
        browser.send(
            HttpRequest.newBuilder(URI.create(it.hub.uri(link).toString()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    it.announce(it.event("high", "two"), "shift", true);
    assertThat(it.messages("?state=SUPPRESSED").get(0).path("reason").asText())
        .contains("unsubscribed");
    HttpResponse<String> forged =
        browser.send(
            HttpRequest.newBuilder(it.hub.uri(link.substring(0, link.length() - 3) + "AAA"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(forged.statusCode()).isEqualTo(404);
  }

  @Test
  void quietHoursHoldWhatIsNotUrgentAndTellItAsOneDigest() throws Exception {
    smtp();
    anna(Map.of("quiet_hours", List.of(Map.of("from", "00:00", "to", "00:00"))));
    Announced held = it.announce(it.event("high", "first"), "shift", false);
    assertThat(held.reason()).contains("1 held: quiet hours");
    it.announce(it.event("high", "second"), "shift", false);
    it.announce(it.event("critical", "now"), "shift", true);

    assertThat(part(received(1), 0)).contains("now");
    assertThat(it.messages("?state=HELD")).hasSize(2);
    it.letGo();
    MimeMessage digest = received(2);
    assertThat(digest.getSubject()).isEqualTo("2 Ereignisse");
    assertThat(part(digest, 0)).contains("first", "second").doesNotContain("now");
    assertThat(it.messages("?state=SUPPRESSED"))
        .hasSize(2)
        .allMatch(m -> m.path("digest_id").isTextual());
  }

  @Test
  void moreThanAReaderCanBearIsToldAsOneWithACount() throws Exception {
    smtp();
    anna(Map.of("most", 2));
    for (int i = 0; i < 16; i++) {
      it.announce(it.event("high", "event " + i), "shift", true);
    }
    received(2);
    assertThat(it.messages("?state=HELD")).hasSize(14);
    it.letGo();
    MimeMessage digest = received(3);
    assertThat(digest.getSubject()).isEqualTo("14 Ereignisse");
    assertThat(part(digest, 0)).contains("event 2", "und 4 weitere");
  }

  @Test
  void theNextIsToldUntilSomebodyAcknowledges() {
    it.chat("slack", "first", server.url() + "/first");
    it.chat("teams", "second", server.url() + "/second");
    it.make(
        "audiences",
        Map.of(
            "name",
            "ladder",
            "steps",
            List.of(
                Map.of("channels", List.of("first")),
                Map.of("after_minutes", 10, "channels", List.of("second"))),
            "repeats",
            1));
    UUID event = it.event("critical", "Pump <!channel> [x](y)");
    it.announce(event, "ladder", true);
    await().atMost(SOON).until(() -> paths().contains("/first"));
    assertThat(server.got.get(0).json().at("/blocks/1/text/text").asText())
        .contains("Pump &lt;!channel&gt;");
    assertThat(paths()).doesNotContain("/second");

    due();
    await().atMost(SOON).until(() -> paths().contains("/second"));
    HookServer.Got card = server.got.get(1);
    assertThat(card.json().at("/attachments/0/contentType").asText())
        .isEqualTo("application/vnd.microsoft.card.adaptive");
    assertThat(card.body()).contains("\\\\[x\\\\]");
    due();
    await().atMost(SOON).until(() -> paths().stream().filter("/first"::equals).count() == 2);

    it.event(event, "status = 'acknowledged'");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(it.get("escalations").at("/items/0/ended_at").isTextual()).isTrue());
    assertThat(server.got).hasSize(3);
  }

  private List<String> paths() {
    return server.got.stream().map(HookServer.Got::path).toList();
  }

  private void due() {
    it.hub
        .owner()
        .sql("update escalations set due_at = now() where tenant_id = ?")
        .params(it.tenant)
        .update();
  }

  @Test
  void anIncidentFollowsItsEvent() {
    pager();
    UUID event = it.event("critical", "Pump stopped");
    it.announce(event, "pagers", true);
    it.event(event, "status = 'acknowledged'");
    await().atMost(SOON).until(() -> server.got.size() == 2);
    it.event(event, "resolved_at = now()");
    await().atMost(SOON).until(() -> server.got.size() == 3);
    assertThat(server.got.stream().map(g -> g.json().path("event_action").asText()))
        .containsExactly("trigger", "acknowledge", "resolve");
    assertThat(server.got.stream().map(g -> g.json().path("dedup_key").asText()).distinct())
        .containsExactly(it.tenant + "/" + event);
    assertThat(server.got.get(0).json().at("/payload/severity").asText()).isEqualTo("critical");
    assertThat(server.got.get(0).path()).isEqualTo("/v2/enqueue");
  }

  private void pager() {
    it.make(
        "notification-channels",
        Map.of(
            "kind",
            "pagerduty",
            "name",
            "pager",
            "settings",
            Map.of("routing_key", "R0UTING", "url", server.url())));
    it.audience("pagers", Map.of("channels", List.of("pager")));
  }

  private List<String> acts() {
    return server.got.stream().map(g -> g.json().path("event_action").asText()).toList();
  }

  @Test
  void whatHappensToAnEventInOneMomentIsToldToPagersInItsOrder() {
    pager();
    UUID event = it.event("critical", "Pump stops and starts");
    it.announce(event, "pagers", true);
    String both =
        "update events set resolved_at = now() where id = '%1$s'; update events set resolved_at = null where id = '%1$s'; "
            .formatted(event);
    it.hub.owner().sql("do $$ begin " + both.repeat(4) + "end $$").update();
    await().atMost(SOON).until(() -> server.got.size() == 9);
    assertThat(acts())
        .containsExactly(
            "trigger", "resolve", "trigger", "resolve", "trigger", "resolve", "trigger", "resolve",
            "trigger");
  }

  @Test
  void anEventThatFlapsOrIsOnTheShelfPagesNobodyUntilItIsLetOut() {
    pager();
    UUID event = it.event("critical", "Pump flaps");
    it.announce(event, "pagers", true);
    it.event(event, "resolved_at = now()");
    await().atMost(SOON).until(() -> server.got.size() == 2);
    it.event(event, "resolved_at = null, suppressed = 'flapping'");
    await().atMost(SOON).until(() -> it.count("happenings where tenant_id = ?") == 0);
    it.event(event, "status = 'shelved', suppressed = null");
    await().atMost(SOON).until(() -> it.count("happenings where tenant_id = ?") == 0);
    assertThat(it.messages("?event=" + event)).hasSize(2);

    it.event(event, "status = 'open'");
    await().atMost(SOON).until(() -> server.got.size() == 3);
    assertThat(acts()).containsExactly("trigger", "resolve", "trigger");
  }

  @Test
  void anEventThatComesBackIsToldAndEscalatesAgain() {
    it.chat("slack", "first", server.url() + "/first");
    it.chat("slack", "second", server.url() + "/second");
    it.make(
        "audiences",
        Map.of(
            "name",
            "ladder",
            "steps",
            List.of(
                Map.of("channels", List.of("first")),
                Map.of("after_minutes", 10, "channels", List.of("second")))));
    UUID event = it.event("high", "Pump");
    it.announce(event, "ladder", true);
    it.event(event, "status = 'acknowledged'");
    it.event(event, "status = 'resolved', resolved_at = now()");
    await().atMost(SOON).until(() -> it.get("escalations").at("/items/0/ended_at").isTextual());

    it.event(event, "status = 'open', resolved_at = null, raises = raises + 1");
    assertThat(it.announce(event, "ladder", true).planned()).hasSize(1);
    due();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(paths()).containsExactlyInAnyOrder("/first", "/first", "/second"));
  }

  @Test
  void whileAnEventIsOnTheShelfItsLadderWaits() {
    it.chat("slack", "first", server.url() + "/first");
    it.chat("slack", "second", server.url() + "/second");
    it.make(
        "audiences",
        Map.of(
            "name",
            "ladder",
            "steps",
            List.of(
                Map.of("channels", List.of("first")),
                Map.of("after_minutes", 10, "channels", List.of("second")))));
    UUID event = it.event("high", "Pump");
    it.announce(event, "ladder", true);
    it.event(event, "status = 'shelved'");
    due();
    await()
        .atMost(SOON)
        .until(() -> it.count("escalations where due_at <= now() and tenant_id = ?") == 0);
    assertThat(it.get("escalations").at("/items/0/ended_at").isTextual()).isFalse();
    assertThat(paths()).doesNotContain("/second");
    it.event(event, "status = 'open'");
    due();
    await().atMost(SOON).until(() -> paths().contains("/second"));
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

  private static Map<String, Object> tells(String audience) {
    return Map.of(
        "id",
        "tells",
        "when",
        Map.of("event_type", List.of("likely_failure")),
        "then",
        List.of(Map.of("kind", "notification", "to", audience, "urgent", true)));
  }

  @Test
  void aSignalThatComesBackWhileItsJobIsUnderWayIsToldAndEscalatesAgain() {
    ladder();
    it.make("policies", tells("ladder"));
    it.detect(Detection.Kind.RAISE, 0, 0);
    assertThat(it.count("actions where kind = 'work_order' and tenant_id = ?")).isEqualTo(1);
    it.detect(Detection.Kind.CLEAR, 0, 60);
    await().atMost(SOON).until(() -> it.get("escalations").at("/items/0/ended_at").isTextual());

    it.detect(Detection.Kind.RAISE, 120, 120);
    assertThat(it.count("actions where kind = 'work_order' and tenant_id = ?")).isEqualTo(1);
    due();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(paths()).containsExactlyInAnyOrder("/first", "/first", "/second"));
  }

  @Test
  void workThatWasCompletedBeforeDoesNotEndALadder() {
    ladder();
    UUID event = it.event("high", "Pump");
    it.hub
        .owner()
        .sql(
            """
            with action as (
              insert into actions (tenant_id, event_id, kind, state, external_identifier, idempotency_key, payload, asset, family)
              values (:tenant, :event, 'work_order', 'COMPLETED', gen_random_uuid()::text, gen_random_uuid()::text, '{}', '', 'bearing') returning id)
            insert into event_actions (tenant_id, event_id, action_id) select :tenant, :event, id from action\
            """)
        .param("tenant", it.tenant)
        .param("event", event)
        .update();
    it.announce(event, "ladder", true);
    due();
    await().atMost(SOON).until(() -> paths().contains("/second"));
  }

  private void ladder() {
    it.chat("slack", "first", server.url() + "/first");
    it.chat("slack", "second", server.url() + "/second");
    it.make(
        "audiences",
        Map.of(
            "name",
            "ladder",
            "steps",
            List.of(
                Map.of("channels", List.of("first")),
                Map.of("after_minutes", 10, "channels", List.of("second")))));
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

  @Test
  void whoChangesAServerEntersItsSecretsAgain() {
    String id = smtp();
    for (Map<String, Object> change :
        List.<Map<String, Object>>of(
            Map.of("host", "192.0.2.1"),
            Map.of("host", "192.0.2.1", "password", "********"),
            Map.of("port", 26),
            Map.of("security", "starttls"))) {
      refusedWithoutSecret(id, change, "settings/password");
    }
    it.change("notification-channels/" + id, Map.of("settings", Map.of("reply_to", "a@b.example")));
    it.change(
        "notification-channels/" + id,
        Map.of("settings", Map.of("port", 26, "password", "entered-again")));
    String sms =
        it.make(
                "notification-channels",
                Map.of(
                    "kind",
                    "sms",
                    "settings",
                    Map.of(
                        "url",
                        server.url(),
                        "body",
                        "{text}",
                        "header",
                        "X-Api-Key",
                        "header_value",
                        "key-of-the-test")))
            .text("id");
    refusedWithoutSecret(sms, Map.of("url", "https://192.0.2.1/"), "settings/header_value");
  }

  private void refusedWithoutSecret(String id, Map<String, Object> settings, String field) {
    Answer refused =
        it.hub.send(
            "PATCH",
            "/api/v1/notification-channels/" + id,
            it.admin,
            io.caravanhub.hub.RunningHub.publisher(Map.of("settings", settings)));
    assertThat(refused.status()).as(settings + ": " + refused.body()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo(field);
  }

  @Test
  void anyGatewayOfShortMessagesIsToldInItsOwnWords() {
    it.make(
        "notification-channels",
        Map.of(
            "kind",
            "sms",
            "name",
            "sms",
            "settings",
            Map.of(
                "url",
                server.url() + "/send",
                "body",
                "{\"to\": \"{to}\", \"text\": \"{text}\", \"ref\": \"{id}\"}",
                "header",
                "X-Api-Key",
                "header_value",
                "key-of-the-test",
                "id",
                "/id",
                "longest",
                40)));
    it.make("recipients", Map.of("name", "Ben", "addresses", Map.of("sms", "+491701234567")));
    it.audience("ben", Map.of("recipients", List.of("Ben")));
    it.announce(it.event("critical", "A \"quoted\" {to} message that is rather long"), "ben", true);
    await().atMost(SOON).until(() -> server.got.size() == 1);
    HookServer.Got got = server.got.get(0);
    assertThat(got.json().path("to").asText()).isEqualTo("+491701234567");
    assertThat(got.json().path("text").asText()).hasSize(40).endsWith("…");
    assertThat(got.headers()).containsEntry("x-api-key", "key-of-the-test");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(it.messages("?state=SENT").get(0).path("provider_id").asText())
                    .isEqualTo("P-1"));
  }

  @Test
  void aChannelThatHangsHoldsUpNoOther() throws IOException {
    server.status = HookServer.HANG;
    try (HookServer good = new HookServer()) {
      it.chat("slack", "bad", server.url());
      it.chat("slack", "good", good.url());
      it.audience("both", Map.of("channels", List.of("bad", "good")));
      for (int i = 0; i < 8; i++) {
        it.announce(it.event("high", "event " + i), "both", true);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> good.got.size() == 8);
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(it.get("notification-channels").at("/items/0/health").asText())
                      .isIn("failing", "resting"));
    }
  }

  @Test
  void whatAServerCannotTakeNowIsSentAgainAndWhatItRefusesIsNot() {
    it.chat("slack", "room", server.url());
    it.audience("room", Map.of("channels", List.of("room")));
    server.status = 429;
    it.announce(it.event("high", "later"), "room", true);
    await().atMost(SOON).until(() -> server.got.size() >= 2);
    server.status = 200;
    await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
    server.status = 400;
    it.announce(it.event("high", "never"), "room", true);
    await().atMost(SOON).until(() -> it.messages("?state=DEAD").size() == 1);
    String dead = it.messages("?state=DEAD").get(0).path("id").asText();
    server.status = 200;
    it.make("messages/" + dead + "/retry", Map.of());
    await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 2);
  }

  @Test
  void aTemplateThatWouldFailIsRefusedWithItsPlace() {
    Answer refused =
        it.hub.post(
            "/api/v1/notification-templates",
            it.admin,
            Map.of("language", "en", "text", "Hello\n{nobody}"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("detail")).startsWith("line 2, column 2: there is no argument");
    assertThat(refused.text("field")).isEqualTo("text");
  }

  @Test
  void aTenantsOwnWordsComeFirst() {
    it.chat("slack", "room", server.url());
    it.audience("room", Map.of("channels", List.of("room")));
    it.make(
        "notification-templates",
        Map.of("language", "en", "channel", "slack", "subject", "Own", "text", "Own: {message}"));
    it.announce(it.event("high", "words"), "room", true);
    await().atMost(SOON).until(() -> server.got.size() == 1);
    assertThat(server.got.get(0).json().at("/blocks/1/text/text").asText()).isEqualTo("Own: words");
  }

  @Test
  void aChannelCanBeTriedBeforeItIsNeeded() {
    String id = smtp();
    Answer tried = it.make("notification-channels/" + id + "/test", Map.of("to", "me@example.com"));
    assertThat(tried.json().path("ok").asBoolean()).as(tried.body()).isTrue();
    assertThat(GreenMailUtil.getBody(received(1))).contains("This is a test");
    it.change(
        "notification-channels/" + id,
        Map.of("settings", Map.of("security", "starttls", "password", "secret-of-the-test")));
    Answer refused =
        it.make("notification-channels/" + id + "/test", Map.of("to", "me@example.com"));
    assertThat(refused.json().path("ok").asBoolean()).as("no TLS, no mail").isFalse();
    assertThat(mail.getReceivedMessages()).hasSize(1);
  }
}
