package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The action log: what the hub asked the field-service system to do, and what became of it. */
@Controller
class OrderPages {
  private static final int PAGE = 50;
  private static final List<String> STATES =
      List.of(
          "DEAD",
          "HELD",
          "UNKNOWN",
          "PLANNED",
          "SENDING",
          "ACCEPTED",
          "IN_PROGRESS",
          "ON_HOLD",
          "COMPLETED",
          "CANCELLED");

  private final OrderList orders;
  private final OrderReader reader;
  private final Fragments fragments;
  private final LiveStreams streams;
  private final Remembered<Map<String, Long>> counted = new Remembered<>(Duration.ofSeconds(3));

  OrderPages(OrderList orders, OrderReader reader, Fragments fragments, LiveStreams streams) {
    this.orders = orders;
    this.reader = reader;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/work-orders")
  String orders(
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "") String kind,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    String shown = known(state);
    String of = word(kind);
    model.addAllAttributes(shown(shown, of, cursor, orders.counts()));
    // Older pages stand still.
    model.addAttribute(
        "stream", cursor == null ? "/stream/work-orders?state=" + shown + "&kind=" + of : "");
    return "console/orders";
  }

  @GetMapping(path = "/stream/work-orders", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> ordersStream(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "") String kind) {
    String shown = known(state);
    String of = word(kind);
    return streams.answer(
        who,
        "work-orders " + shown + " " + of,
        () ->
            fragments.render(
                "console/orders",
                List.of("states", "orderlist"),
                shown(shown, of, null, counted.get(who.tenant(), orders::counts))));
  }

  @GetMapping("/work-orders/" + ConnectionPages.ID)
  String order(@AuthenticationPrincipal HubPrincipal who, @PathVariable String id, Model model) {
    return page(who, id, model);
  }

  /** The page of an action, with what the model holds already, such as an edit that is refused. */
  String page(HubPrincipal who, String id, Model model) {
    model.addAttribute("d", reader.read(id));
    model.addAttribute("acts", who.is("admin", "engineer", "dispatcher"));
    return "console/order";
  }

  @GetMapping(path = "/stream/work-orders/" + ConnectionPages.ID, produces = "text/event-stream")
  ResponseEntity<SseEmitter> orderStream(
      @AuthenticationPrincipal HubPrincipal who, @PathVariable String id) {
    reader.read(id);
    return streams.answer(
        who,
        "work-order " + id,
        () ->
            fragments.render(
                "console/order",
                List.of("facts", "events", "steps"),
                Map.of("d", reader.read(id))));
  }

  private Map<String, Object> shown(
      String state, String kind, @Nullable String cursor, Map<String, Long> counts) {
    Page<OrderLine> page = orders.page(state, kind, cursor, PAGE);
    Map<String, Long> states = new LinkedHashMap<>();
    Map<String, Long> kinds = new LinkedHashMap<>();
    STATES.forEach(s -> states.put(s, 0L));
    counts.forEach(
        (key, count) -> {
          String[] both = key.split(" ", 2);
          kinds.merge(both[1], count, Long::sum);
          if (kind.isEmpty() || kind.equals(both[1])) {
            states.merge(both[0], count, Long::sum);
          }
        });
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("orders", page.items());
    model.put("states", states);
    model.put("kinds", kinds);
    model.put("all", states.values().stream().mapToLong(Long::longValue).sum());
    model.put("state", state);
    model.put("kind", kind);
    if (page.cursor() != null) {
      model.put("next", page.cursor());
    }
    return model;
  }

  private static String known(String state) {
    return STATES.contains(state) ? state : "";
  }

  private static String word(String kind) {
    return kind.matches("[a-z_]{1,40}") ? kind : "";
  }
}
