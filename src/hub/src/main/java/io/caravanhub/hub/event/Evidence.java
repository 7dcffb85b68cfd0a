package io.caravanhub.hub.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.hub.observability.TraceContext;

/** What is kept with an event besides its columns: the advice the rule gives. */
final class Evidence {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Evidence() {}

  /** What is said of an alarm now, to be put in the place of what was said before. */
  static String alarm(Detection detection) {
    Object alarm = detection.rule().written().get("alarm");
    ObjectNode evidence = JSON.createObjectNode();
    if (alarm != null) {
      evidence.set("alarm", JSON.valueToTree(alarm));
    }
    return evidence.toString();
  }

  static String of(Detection detection) {
    RuleOutcome outcome = detection.rule().outcome();
    ObjectNode evidence =
        JSON.createObjectNode()
            .put("rule", detection.rule().id())
            .put("description", detection.rule().description())
            .put("duration", detection.rule().duration().toString())
            .put("action", outcome.action())
            .put("failureModeCode", outcome.failureMode());
    TraceContext.current().ifPresent(trace -> evidence.put("traceparent", trace));
    Object condition = detection.rule().written().get("when");
    evidence.set(
        "condition",
        JSON.valueToTree(
            condition == null ? detection.rule().written().get("condition") : condition));
    Object alarm = detection.rule().written().get("alarm");
    if (alarm != null) {
      evidence.set("alarm", JSON.valueToTree(alarm));
    }
    io.caravanhub.core.detect.Detection judgement = detection.finding().judgement();
    if (judgement != null) {
      judged(evidence.putObject("detector"), judgement);
    }
    ArrayNode parts = evidence.putArray("parts");
    outcome
        .parts()
        .forEach(
            part ->
                parts
                    .addObject()
                    .put("number", part.number())
                    .put("name", part.name())
                    .put("quantity", part.quantity()));
    return evidence.toString();
  }

  /** How unusual a detector found it, and what it had expected. */
  private static void judged(ObjectNode node, io.caravanhub.core.detect.Detection judgement) {
    node.put("score", judgement.score()).put("confidence", judgement.confidence());
    if (Double.isFinite(judgement.low()) && Double.isFinite(judgement.high())) {
      node.put("expectedLow", judgement.low()).put("expectedHigh", judgement.high());
    }
    node.put("reason", judgement.reason());
  }
}
