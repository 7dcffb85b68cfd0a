package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Pagers, short messages and chats are told over real HTTP servers. */
class ChannelsTest extends NotifyingHub {
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
}
