package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.fsm.FsmConnectionCalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Field-service products and the connections of the tenant in force. Thread-safe. */
@Component
class FsmShelf {
  private final FsmConnectionCalls calls;
  private final Remembered<Map<String, String>> titles = new Remembered<>(Duration.ofSeconds(5));

  FsmShelf(FsmConnectionCalls calls) {
    this.calls = calls;
  }

  /** All products, by title. */
  List<FsmProductCard> products() {
    return calls.products().items().stream()
        .map(FsmProductCard::of)
        .sorted(java.util.Comparator.comparing(FsmProductCard::title))
        .toList();
  }

  /** One of them; a page that is not there otherwise. */
  FsmProductCard product(String name) {
    return known(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }

  /** One of them, should its folder be there. */
  Optional<FsmProductCard> known(String name) {
    return products().stream().filter(p -> p.name().equals(name)).findFirst();
  }

  /** The tenant's connections and the one of HUB_FSM_URL, the enabled one first. */
  List<FsmLineView> connections() {
    return Stream.concat(calls.list().items().stream(), calls.inherited().stream())
        .map(this::line)
        .sorted(java.util.Comparator.comparing(line -> !line.enabled()))
        .toList();
  }

  /** One of them; a page that is not there otherwise. */
  FsmLineView connection(String id) {
    try {
      return line(calls.get(id));
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
  }

  private FsmLineView line(Map<String, Object> view) {
    String product = String.valueOf(view.get("product"));
    return FsmLineView.of(view, titles.get("", this::titled).getOrDefault(product, product));
  }

  private Map<String, String> titled() {
    return products().stream()
        .collect(Collectors.toMap(FsmProductCard::name, FsmProductCard::title));
  }
}
