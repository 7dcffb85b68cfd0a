package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an FSM may want to know about an action: the action itself, the event, its device and asset.
 * Kept with the action, so that every attempt renders the same order.
 */
final class Payload {
  private Payload() {}

  /**
   * As JSON.
   *
   * @param heldFor what the action waits for: {@code hours}, {@code confidence}, {@code limit}; or
   *     null
   */
  static String of(
      Occasion occasion,
      Wanted wanted,
      PolicyBook book,
      String kind,
      String external,
      String url,
      @Nullable String heldFor) {
    ObjectNode facts = ((ObjectNode) occasion.facts()).deepCopy();
    PolicyAction action = wanted.action();
    ObjectNode node =
        facts
            .putObject("action")
            .put("kind", kind)
            .put("externalIdentifier", external)
            .put("priority", wanted.priority())
            .put("workType", action.workType())
            .put("policy", wanted.policy());
    put(node, "requestedStart", wanted.start());
    put(node, "requestedCompletion", wanted.complete());
    if (action.title() != null) {
      node.put("title", Wording.filled(action.title(), occasion));
    }
    if (action.description() != null) {
      node.put("description", Wording.filled(action.description(), occasion));
    }
    if (heldFor != null) {
      node.put("heldFor", heldFor);
    }
    if (action.role() != null) {
      node.put("role", action.role());
    }
    if (!action.checklist().isEmpty()) {
      ArrayNode checklist = node.putArray("checklist");
      action.checklist().forEach(item -> checklist.add(Wording.filled(item, occasion)));
    }
    if (wanted.kind() == PolicyAction.Kind.QUOTE) {
      node.set("quote", Quote.of(book.prices(), occasion, Instant.now()));
    }
    facts.put("link", url + "/events/" + occasion.event());
    return facts.toString();
  }

  private static void put(ObjectNode node, String name, @Nullable Instant at) {
    if (at != null) {
      node.put(name, at.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
