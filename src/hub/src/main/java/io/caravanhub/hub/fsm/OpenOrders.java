package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.fsm.FsmFacts;
import io.caravanhub.core.fsm.FsmOrder;
import io.caravanhub.core.fsm.FsmProduct.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Orders that are open on an asset already, whoever made them: new evidence goes into them. What
 * has been appended is known by its mark, which is read before anything is appended. Stateless.
 */
@Component
class OpenOrders {
  /** How the hub's own identifiers begin. */
  private static final String OWN = "CH-";

  /**
   * What a search came to.
   *
   * @param asset the product's asset, null when it has none or none is known
   * @param order that is open on it
   * @param failure when it came to nothing
   */
  record Found(@Nullable String asset, @Nullable FsmOrder order, @Nullable FsmAnswer failure) {}

  /** Finds the asset, and on it an order that takes in the evidence. */
  Found search(FsmLine line, Kind kind, OutboxEntry entry) {
    FsmFacts facts = entry.facts();
    String asset = null;
    if (line.product().asset() != null) {
      FsmAnswer answer =
          line.asset(line.product().asset(), facts, String.valueOf(facts.places().get("assetRef")));
      if (!answer.success()) {
        return new Found(null, null, answer);
      }
      asset = answer.id().isEmpty() ? null : answer.id();
      if (asset == null) {
        return new Found(null, null, null);
      }
    }
    String join = line.connection().join();
    if (kind.open() == null || kind.append() == null || join.equals("never")) {
      return new Found(asset, null, null);
    }
    String found = asset;
    FsmAnswer answer = line.call(kind.open(), facts.with("asset", asset));
    if (kind.open().optional() && answer.outcome() == Outcome.REJECTED && answer.status() > 0) {
      return new Found(asset, null, null);
    }
    if (!answer.success() || answer.orders().isEmpty()) {
      return new Found(asset, null, answer.success() ? unreadable(answer) : answer);
    }
    Optional<FsmOrder> open =
        answer.orders().get().stream()
            .filter(o -> line.product().state(o.status()).map(s -> !s.isOver()).orElse(false))
            .filter(o -> concerns(o, facts.with("asset", found)))
            .filter(o -> join.equals("any") || !o.externalIdentifier().startsWith(OWN))
            .findFirst();
    return new Found(asset, open.orElse(null), null);
  }

  /**
   * A product that does not know the filter answers with everybody's orders. Where it has assets of
   * its own, an order that does not say whose it is concerns none.
   */
  private static boolean concerns(FsmOrder order, FsmFacts facts) {
    String asset = order.json().path("assetRef").asText("");
    String own = facts.places().get("asset");
    return own == null
        ? asset.isEmpty() || asset.equals(facts.places().get("assetRef"))
        : asset.equalsIgnoreCase(own);
  }

  private static FsmAnswer unreadable(FsmAnswer answer) {
    return new FsmAnswer(
        Outcome.BUSY,
        answer.status(),
        answer.body(),
        "the open orders of the asset: the answer holds no list",
        null,
        "",
        Optional.empty());
  }

  /**
   * Reads an order and appends to it, unless it is in it already. One that is not there any more is
   * REJECTED.
   *
   * @param evidence with a mark in it, its last word
   */
  FsmAnswer append(
      FsmLine line, Kind kind, OutboxEntry entry, FsmOrder order, String evidence, int priority) {
    FsmFacts facts = entry.facts().with("id", order.id());
    FsmOrder now = order;
    if (kind.read() != null) {
      FsmAnswer read = line.call(kind.read(), facts);
      if (!read.success()) {
        return read;
      }
      Optional<FsmOrder> there = read.order(order.id());
      if (there.isEmpty() && read.orders().isPresent()) {
        return new FsmAnswer(
            Outcome.REJECTED,
            read.status(),
            read.body(),
            order.id() + " is not there any more",
            null,
            "",
            Optional.empty());
      }
      now = there.orElse(order);
    }
    return write(line, kind, entry, now, evidence, priority);
  }

  /** As {@link #append}, to an order that was read just now. */
  FsmAnswer write(
      FsmLine line, Kind kind, OutboxEntry entry, FsmOrder now, String evidence, int priority) {
    FsmFacts facts = entry.facts().with("id", now.id());
    if (kind.append() == null || now.text().contains(mark(evidence))) {
      return new FsmAnswer(
          Outcome.DONE, 200, MissingNode.getInstance(), "", null, now.id(), Optional.empty());
    }
    ObjectNode input = ((ObjectNode) entry.json()).deepCopy();
    input.set("order", now.json());
    input.put("evidence", evidence);
    input.put("priority", priority);
    return line.write(kind.append(), new FsmFacts(input, facts.places()));
  }

  /** The line that is appended for an action as a whole. */
  static String evidence(OutboxEntry entry) {
    JsonNode facts = entry.json();
    return line(facts, entry.externalIdentifier());
  }

  /** One line of evidence that ends in its mark. */
  static String line(JsonNode facts, String mark) {
    return String.join(
        " ",
        facts.at("/event/openedAt").asText(""),
        facts.at("/device/serial").asText("") + ":",
        facts.at("/event/message").asText(""),
        facts.path("link").asText(""),
        mark);
  }

  static int priority(OutboxEntry entry) {
    return entry.json().at("/action/priority").asInt(3);
  }

  private static String mark(String evidence) {
    return evidence.substring(evidence.lastIndexOf(' ') + 1);
  }
}
