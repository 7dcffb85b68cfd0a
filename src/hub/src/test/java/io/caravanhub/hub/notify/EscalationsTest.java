package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.Detection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The next is told until somebody looks after the event. */
class EscalationsTest extends NotifyingHub {
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
}
