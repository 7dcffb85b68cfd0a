package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretBox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Systems that have subscribed are told by a running hub, signed, until they have had enough. */
class WebhooksTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Notifying it = new Notifying();
  private HookServer server;

  @BeforeEach
  void start() throws IOException {
    server = new HookServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer subscribe(String... wants) {
    return it.make(
        "webhook-subscriptions", Map.of("url", server.url() + "/in", "wants", List.of(wants)));
  }

  private static void signedBy(HookServer.Got got, String secret) {
    assertThat(got.headers().get("webhook-signature").split(" "))
        .contains(
            "v1,"
                + WebhookSeal.sign(
                    secret,
                    got.headers().get("webhook-id"),
                    Instant.ofEpochSecond(Long.parseLong(got.headers().get("webhook-timestamp"))),
                    got.body().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatHappensToAnEventIsToldSignedToWhoWantsIt() {
    Answer made = subscribe("event.cleared", "prediction.critical", "anomaly.detected");
    assertThat(it.get("webhook-subscriptions").toString()).doesNotContain(made.text("secret"));
    UUID event = it.event("critical", "Bearing hot");
    await().atMost(SOON).until(() -> server.got.size() == 2);
    it.event(event, "resolved_at = now()");
    await().atMost(SOON).until(() -> server.got.size() == 3);
    assertThat(server.got.stream().map(g -> g.json().path("type").asText()))
        .containsExactlyInAnyOrder("prediction.critical", "anomaly.detected", "event.cleared");
    HookServer.Got got = server.got.get(0);
    signedBy(got, made.text("secret"));
    assertThat(got.json().at("/data/event/id").asText()).isEqualTo(event.toString());
    assertThat(got.json().at("/data/event/value").asDouble()).isEqualTo(91.5);
    assertThat(got.json().at("/data/tenant").asText()).isEqualTo(it.tenant);
  }

  @Test
  void aPolicysAnnouncementOfTheSameIsNotToldTwice() {
    subscribe("prediction.*", "own.name");
    UUID event = it.event("critical", "Bearing hot");
    ChannelAnnouncer announcer = it.hub.bean(ChannelAnnouncer.class);
    for (String name : List.of("prediction.critical", "own.name", "own.name")) {
      io.caravanhub.hub.database.TenantScope.run(
          it.tenant,
          () ->
              announcer.announce(
                  event, new Announcement(Announcement.Kind.WEBHOOK, name, null, false, "p")));
    }
    await().atMost(SOON).until(() -> server.got.size() == 2);
    await()
        .during(Duration.ofMillis(600))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(server.got).hasSize(2));
  }

  @Test
  void aRetryHasTheSameIdAndBody() {
    subscribe("event.raised");
    server.status = 500;
    it.event("high", "one");
    await().atMost(SOON).until(() -> server.got.size() == 1);
    server.status = 200;
    String message = it.messages("").get(0).path("id").asText();
    await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
    assertThat(server.got.stream().map(g -> g.headers().get("webhook-id")).distinct())
        .containsExactly("msg_" + message);
    assertThat(server.got.stream().map(HookServer.Got::body).distinct()).hasSize(1);
  }

  @Test
  void afterARotationBothSecretsCountForAWhile() {
    Answer made = subscribe("test");
    Answer rotated = it.make("webhook-subscriptions/" + made.text("id") + "/rotate", Map.of());
    assertThat(rotated.text("secret")).isNotEqualTo(made.text("secret"));
    it.make("webhook-subscriptions/" + made.text("id") + "/test", Map.of());
    await().atMost(SOON).until(() -> server.got.size() == 1);
    signedBy(server.got.get(0), made.text("secret"));
    signedBy(server.got.get(0), rotated.text("secret"));
  }

  @Test
  void aSubscriberThatIsGoneIsSentNothingMoreAndSomebodyIsTold() {
    String id = subscribe("event.raised").text("id");
    server.status = 410;
    it.event("high", "one");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(it.get("webhook-subscriptions/" + id).path("enabled").asBoolean())
                    .isFalse());
    assertThat(it.get("notices").toString()).contains("sent nothing any more");
    it.event("high", "two");
    await()
        .during(Duration.ofMillis(600))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(server.got).hasSize(1));
  }

  @Test
  void aSubscriberThatHasFailedForDaysIsSentNothingMore() {
    String id = subscribe("*").text("id");
    it.hub
        .owner()
        .sql(
            "update webhook_subscriptions set failing_since = now() - interval '4 days', failures = 1 where id = ?::uuid")
        .params(id)
        .update();
    server.status = 503;
    it.event("high", "one");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(it.get("webhook-subscriptions/" + id).path("disabled_reason").asText())
                    .contains("has taken nothing since"));
  }

  @Test
  void anAddressOfTheLinkIsNoAddress() {
    Answer refused =
        it.hub.post(
            "/api/v1/webhook-subscriptions", it.admin, Map.of("url", "http://169.254.169.254/x"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("detail")).contains("link");
  }

  @Test
  void anOrderThatWasMadeIsTold() {
    subscribe("work_order.*");
    UUID event = it.event("high", "one");
    it.hub
        .owner()
        .sql(
            """
            insert into actions (tenant_id, event_id, kind, state, external_identifier, idempotency_key, payload)
            values (?, ?, 'work_order', 'SENDING', 'CH-1', 'k', '{}')\
            """)
        .params(it.tenant, event)
        .update();
    it.hub
        .owner()
        .sql("update actions set state = 'ACCEPTED', fsm_id = 'WO-7' where tenant_id = ?")
        .params(it.tenant)
        .update();
    await().atMost(SOON).until(() -> server.got.size() == 1);
    assertThat(server.got.get(0).json().path("type").asText()).isEqualTo("work_order.created");
    assertThat(server.got.get(0).json().at("/data/work_order/fsm_id").asText()).isEqualTo("WO-7");
  }

  @Test
  void aNewKeyOfTheHubSealsWhatTheOldOneHas() {
    String id = subscribe("none").text("id");
    Subscription subscription =
        io.caravanhub.hub.database.TenantScope.call(
            it.tenant,
            () -> it.hub.bean(SubscriptionRows.class).find(UUID.fromString(id)).orElseThrow());
    // As an older key would have: with the hub's own key, under another name.
    byte[] other =
        new SecretBox(List.of(new byte[32]))
            .seal(subscription.owner(), "{\"secret\": \"whsec_AAAA\"}");
    it.hub
        .owner()
        .sql("update webhook_subscriptions set credentials = ? where id = ?::uuid")
        .params(other, id)
        .update();
    ConnectionSettings both =
        new ConnectionSettings(new SecretBox(List.of(filled(), new byte[32])));
    NotifyUpkeep upkeep =
        new NotifyUpkeep(
            it.hub.bean(org.springframework.jdbc.core.simple.JdbcClient.class),
            both,
            it.hub.bean(ChannelRows.class),
            it.hub.bean(SubscriptionRows.class),
            it.hub.bean(org.springframework.transaction.PlatformTransactionManager.class),
            90);
    assertThat(upkeep.reseal()).isPositive();
    Subscription after =
        io.caravanhub.hub.database.TenantScope.call(
            it.tenant,
            () -> it.hub.bean(SubscriptionRows.class).find(UUID.fromString(id)).orElseThrow());
    assertThat(
            new ConnectionSettings(new SecretBox(List.of(filled())))
                .open(after.owner(), after.credentials()))
        .containsEntry("secret", "whsec_AAAA");
  }

  private static byte[] filled() {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) 7);
    return key;
  }
}
