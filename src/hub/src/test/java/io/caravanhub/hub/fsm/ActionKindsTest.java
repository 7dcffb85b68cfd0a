package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.rules.Detections;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every kind of action that a policy may ask for, at a system of the canonical contract. */
class ActionKindsTest {
  private static final Acting ACTING = new Acting();
  private static final String POLICY =
      """
      {"id": "all", "when": {"event_type": ["warning"]}, "then": [
        {"kind": "work_order", "title": "Look at {device}", "checklist": ["Isolate", "Measure"]},
        {"kind": "quote"}, {"kind": "task", "checklist": ["Ring up"]}, {"kind": "parts"},
        {"kind": "activity", "role": "planner", "title": "Ring the customer up"}]}
      """;

  @Test
  void everyKindArrivesAndTheAskingForPartsBeforeTheirOrder() throws Exception {
    String tenant = TestDatabase.tenant();
    TestDatabase.owner()
        .sql("insert into policies (id, tenant_id, definition) values ('all', ?, ?::jsonb)")
        .params(tenant, POLICY)
        .update();
    RuleDevice device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), "A-9");
    Instant now = Instant.now();
    try (FsmServer fsm = new FsmServer();
        RunningOutbox running = new RunningOutbox(ACTING, tenant, fsm.url())) {
      ACTING.eventLog.record(
          Detections.of(Detection.Kind.RAISE, device, "r", "f", "warning", now, now));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  TestDatabase.count(
                          ACTING.dataSource,
                          tenant,
                          "select count(*) from actions where state = 'ACCEPTED'")
                      == 6);
      List<String> posts = fsm.calls().stream().filter(call -> call.startsWith("POST")).toList();
      assertThat(posts)
          .containsExactly(
              "POST /work-orders",
              "POST /quotes",
              "POST /tasks",
              "POST /parts/availability",
              "POST /parts/orders",
              "POST /activities");
      List<ObjectNode> got = fsm.orders();
      assertThat(got.get(0).path("title").asText()).isEqualTo("Look at RTU-9");
      assertThat(got.get(0).at("/checklist/1/text").asText()).isEqualTo("Measure");
      assertThat(got.get(1).at("/items/0/kind").asText()).isEqualTo("travel");
      assertThat(got.get(2).at("/checklist/0/text").asText()).isEqualTo("Ring up");
      assertThat(got.get(4).at("/parts/0/partNumber").asText()).isEqualTo("N1");
      assertThat(got.get(4).at("/parts/0/quantity").asInt()).isEqualTo(2);
      assertThat(got.get(5).path("role").asText()).isEqualTo("planner");
    }
    TestDatabase.owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .param(tenant)
        .update();
  }
}
