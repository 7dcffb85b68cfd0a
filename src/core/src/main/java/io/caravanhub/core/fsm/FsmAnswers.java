package io.caravanhub.core.fsm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.address.GatedHttp;
import io.caravanhub.core.address.GatedHttp.NoAnswerException;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.fsm.FsmProduct.ErrorRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What answers mean: by the product's own rules first, then by HTTP's. Stateless. */
final class FsmAnswers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final int SHOWN = 300;

  private FsmAnswers() {}

  static FsmAnswer classified(FsmProduct product, GatedHttp.Answer answer) {
    String text = answer.text();
    JsonNode body = json(text);
    Duration pause = answer.retryAfter(LONGEST_WAIT);
    for (ErrorRule rule : product.errors()) {
      if (fits(rule, answer.status(), text, body)) {
        return answer(
            rule.means(), answer.status(), body, text, pause != null ? pause : rule.pause());
      }
    }
    return answer(usual(answer.status(), text, body), answer.status(), body, text, pause);
  }

  private static Outcome usual(int status, String text, JsonNode body) {
    if (status / 100 == 2) {
      // A page, for instance of a proxy or of a login, is no answer of the product.
      return body.isMissingNode() && !text.isBlank() ? Outcome.UNSURE : Outcome.DONE;
    }
    return switch (status) {
      case 401, 403 -> Outcome.REFUSED;
      // Only this one says that nothing was done. Behind any 5xx, 503 not excepted, the product or
      // a proxy before it may have failed after the order was stored.
      case 429 -> Outcome.BUSY;
      case 408, 425 -> Outcome.UNSURE;
      default -> status / 100 == 4 ? Outcome.REJECTED : Outcome.UNSURE;
    };
  }

  private static boolean fits(ErrorRule rule, int status, String text, JsonNode body) {
    boolean kind =
        rule.status().endsWith("xx")
            ? rule.status().charAt(0) - '0' == status / 100
            : rule.status().equals(Integer.toString(status));
    if (!kind) {
      return false;
    }
    String place = text;
    if (rule.at() != null) {
      JsonNode there = body.at(rule.at());
      boolean empty =
          there.isMissingNode() || there.isNull() || (there.isContainerNode() && there.isEmpty());
      if (empty || (there.isBoolean() && !there.asBoolean())) {
        return false;
      }
      place = there.isValueNode() ? there.asText() : there.toString();
    }
    return rule.matches() == null || Pattern.compile(rule.matches()).matcher(place).find();
  }

  private static FsmAnswer answer(
      Outcome outcome, int status, JsonNode body, String text, @Nullable Duration pause) {
    String reason =
        outcome == Outcome.DONE
            ? ""
            : status / 100 == 2 && body.isMissingNode()
                // Whatever serves pages at this address, they are not shown to who set it.
                ? "HTTP " + status + ", and what came is no JSON"
                : shown(status, text);
    return new FsmAnswer(outcome, status, body, reason, pause, "", Optional.empty());
  }

  static FsmAnswer none(NoAnswerException e) {
    return unsent(e.sent() ? Outcome.UNSURE : Outcome.UNREACHED, String.valueOf(e.getMessage()));
  }

  static FsmAnswer unsent(Outcome outcome, String reason) {
    return new FsmAnswer(outcome, 0, MissingNode.getInstance(), reason, null, "", Optional.empty());
  }

  static FsmAnswer with(FsmAnswer answer, String id, Optional<List<FsmOrder>> orders) {
    return new FsmAnswer(
        answer.outcome(),
        answer.status(),
        answer.body(),
        answer.reason(),
        answer.pause(),
        id,
        orders);
  }

  static FsmAnswer unread(FsmAnswer answer, String reason) {
    return new FsmAnswer(
        Outcome.UNSURE, answer.status(), answer.body(), reason, null, "", Optional.empty());
  }

  /** One order or a list of them; nothing at all is no list. */
  static Optional<List<FsmOrder>> orders(JsonNode found) {
    if (found.isMissingNode() || found.isNull()) {
      return Optional.empty();
    }
    List<FsmOrder> orders = new ArrayList<>();
    for (JsonNode order : found.isArray() ? found : JSON.createArrayNode().add(found)) {
      orders.add(FsmOrder.of(order));
    }
    return Optional.of(List.copyOf(orders));
  }

  private static String shown(int status, String body) {
    String text = body.strip().replaceAll("\\s+", " ");
    return "HTTP " + status + " " + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
  }

  private static JsonNode json(String text) {
    try {
      JsonNode read = text.isBlank() ? null : JSON.readTree(text);
      return read == null ? MissingNode.getInstance() : read;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
