package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The parts store: its stock is made up, but the same part always has the same stock. */
final class Parts {
  private static final int LARGEST_STOCK = 12;

  private Parts() {}

  /** The question with {@code available} and {@code leadTimeDays} added to each of its parts. */
  static ObjectNode withAvailability(ObjectNode question) {
    ObjectNode answer = question.deepCopy();
    for (JsonNode part : answer.path("parts")) {
      if (part instanceof ObjectNode asked) {
        int stock = Math.floorMod(asked.path("partNumber").asText().hashCode(), LARGEST_STOCK);
        int wanted = asked.path("quantity").asInt(1);
        asked.put("available", stock).put("leadTimeDays", stock >= wanted ? 0 : 5);
      }
    }
    return answer;
  }
}
