package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.database.TenantScope;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** One outbox and several hubs, some of which die. */
class MessageOutboxTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Notifying it = new Notifying();

  private MessageOutbox another(String name) {
    return new MessageOutbox(
        it.hub.bean(JdbcClient.class),
        it.hub.bean(PlatformTransactionManager.class),
        it.hub.bean(Retries.class),
        name);
  }

  private MessageDelivery delivery(MessageOutbox outbox) {
    return new MessageDelivery(
        outbox,
        it.hub.bean(ChannelRows.class),
        it.hub.bean(RecipientRows.class),
        it.hub.bean(Brands.class),
        it.hub.bean(MessageWriter.class),
        it.hub.bean(io.caravanhub.hub.connector.ConnectionSettings.class),
        it.hub.bean(WebhookSender.class),
        it.hub.bean(Unsubscribe.class),
        it.hub.bean(MessageBell.class),
        List.of(it.hub.bean(SlackSender.class)));
  }

  @Test
  void twoHubsSendEachMessageOnce() throws Exception {
    try (HookServer server = new HookServer()) {
      it.chat("slack", "room", server.url());
      it.audience("room", Map.of("channels", List.of("room")));
      MessageOutbox second = another("second");
      MessageDelivery sends = delivery(second);
      AtomicBoolean over = new AtomicBoolean();
      ExecutorService thread = Executors.newSingleThreadExecutor();
      thread.execute(
          () -> {
            while (!over.get()) {
              TenantScope.call(it.tenant, second::claimOfTenant).forEach(sends::send);
            }
          });
      UUID first = it.event("high", "one");
      for (int i = 0; i < 60; i++) {
        plan(first, i);
      }
      await().atMost(SOON).until(() -> it.messages("?state=SENT&limit=500").size() == 60);
      over.set(true);
      thread.shutdown();
      assertThat(server.got).hasSize(60);
    }
  }

  /** Past the limit of a channel, which is not what this is about. */
  private void plan(UUID event, int number) {
    TenantScope.run(
        it.tenant,
        () -> {
          Channel channel = it.hub.bean(ChannelRows.class).all().get(0);
          it.hub
              .bean(MessageRows.class)
              .plan(
                  new MessageRows.Draft(
                      "notification",
                      channel.id(),
                      null,
                      event,
                      "event",
                      "tell",
                      "room",
                      0,
                      "",
                      false,
                      it.hub.bean(EventFacts.class).of(event, null).orElseThrow(),
                      "n" + number,
                      "PLANNED",
                      null,
                      java.time.Instant.now()));
        });
  }

  @Test
  void aHubThatDiesBetweenSendingAndNotingRepeatsAtMostOnce() throws IOException {
    try (HookServer server = new HookServer()) {
      String channel = it.chat("slack", "room", server.url());
      UUID event = it.event("high", "one");
      plan(event, 1);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);

      // Taken out by a hub that has sent it and dies.
      dies(channel);
      another("dead").recover();
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      assertThat(server.got).hasSize(2);

      dies(channel);
      another("dead").recover();
      assertThat(it.messages("?state=DEAD").get(0).path("reason").asText())
          .contains("may have arrived twice");
      assertThat(server.got).hasSize(2);
    }
  }

  @Test
  void anAttemptThatNeverBeganLeavesNoDoubtWhateverIsSaidOfIt() throws IOException {
    try (HookServer server = new HookServer()) {
      String channel = it.chat("slack", "room", server.url());
      UUID event = it.event("high", "one");
      plan(event, 1);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      ofChannel(
          channel,
          "update messages set state = 'SENDING', claimed_by = 'other', begun = false, unsure = 1, updated_at = now()");
      UUID id = UUID.fromString(it.messages("?state=SENDING").get(0).path("id").asText());
      another("other")
          .settle(waited(id, channel, event, 1, 1), Outcome.unsure("the database was away"), false);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      assertThat(server.got).hasSize(2);
      assertThat(it.count("messages where unsure = 1 and tenant_id = ?")).isEqualTo(1);
    }
  }

  private MessageEntry waited(UUID id, String channel, UUID event, int attempts, int unsure) {
    return new MessageEntry(
        id,
        it.tenant,
        "notification",
        UUID.fromString(channel),
        null,
        null,
        event,
        "event",
        "tell",
        0,
        "",
        false,
        "{}",
        attempts,
        unsure,
        java.time.Instant.now());
  }

  @Test
  void aHubThatStartsAgainLeavesTheCallsOfOthersAlone() throws IOException {
    try (HookServer server = new HookServer()) {
      String channel = it.chat("slack", "room", server.url());
      plan(it.event("high", "one"), 1);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      dies(channel);
      another("alive").recover();
      assertThat(it.messages("?state=SENDING")).hasSize(1);
    }
  }

  private void dies(String channel) {
    ofChannel(
        channel, "update messages set state = 'SENDING', claimed_by = 'dead', updated_at = now()");
  }

  @Test
  void whatAnotherHubHasTakenMeanwhileIsNotSent() throws IOException {
    try (HookServer server = new HookServer()) {
      String channel = it.chat("slack", "room", server.url());
      UUID event = it.event("high", "one");
      plan(event, 1);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      dies(channel);
      UUID id = UUID.fromString(it.messages("?state=SENDING").get(0).path("id").asText());
      // It waited in the queue while the outbox took its attempt for lost.
      delivery(another("slow")).send(waited(id, channel, event, 0, 0));
      assertThat(server.got).hasSize(1);
    }
  }

  @Test
  void whatNeverWentOutIsNotTakenForSent() throws IOException {
    try (HookServer server = new HookServer()) {
      String channel = it.chat("slack", "room", server.url());
      plan(it.event("high", "one"), 1);
      await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
      for (int i = 2; i < 5; i++) {
        dies(channel);
        ofChannel(channel, "update messages set begun = false");
        another("dead").recover();
        await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
        assertThat(server.got).hasSize(i);
      }
    }
  }

  @Test
  void theTroubleOfOneTenantStrandsNoOthersMessages() throws IOException {
    Notifying other = new Notifying();
    try (HookServer server = new HookServer()) {
      String sick = other.chat("slack", "room", server.url());
      other.audience("room", Map.of("channels", List.of("room")));
      other.announce(other.event("high", "one"), "room", true);
      await().atMost(SOON).until(() -> other.messages("?state=SENT").size() == 1);
      it.chat("slack", "room", server.url());
      it.audience("room", Map.of("channels", List.of("room")));
      // One more attempt is more than the column holds.
      ofChannel(
          sick,
          "update messages set state = 'PLANNED', next_attempt_at = now(), attempts = 2147483647");
      try {
        it.announce(it.event("high", "two"), "room", true);
        await().atMost(SOON).until(() -> it.messages("?state=SENT").size() == 1);
        assertThat(other.messages("?state=PLANNED")).hasSize(1);
      } finally {
        ofChannel(sick, "delete from messages");
      }
    }
  }

  private void ofChannel(String channel, String change) {
    it.hub.owner().sql(change + " where channel_id = ?::uuid").params(channel).update();
  }
}
