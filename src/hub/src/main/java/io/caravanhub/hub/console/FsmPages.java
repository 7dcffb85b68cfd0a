package io.caravanhub.hub.console;

import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The pages of field-service connections that are looked at, and the streams behind them. */
@Controller
class FsmPages {
  private static final int FAILURES = 10;

  private final FsmShelf shelf;
  private final OrderList orders;
  private final HubAddress address;
  private final Fragments fragments;
  private final LiveStreams streams;

  FsmPages(
      FsmShelf shelf,
      OrderList orders,
      HubAddress address,
      Fragments fragments,
      LiveStreams streams) {
    this.shelf = shelf;
    this.orders = orders;
    this.address = address;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/fsm-connections")
  String connections(@AuthenticationPrincipal HubPrincipal who, Model model) {
    model.addAttribute("connections", shelf.connections());
    model.addAttribute("products", shelf.products());
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/fsm-connections";
  }

  @GetMapping(path = "/stream/fsm-connections", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> connectionsStream(@AuthenticationPrincipal HubPrincipal who) {
    return streams.answer(
        who,
        "fsm-connections",
        () ->
            fragments.render(
                "console/fsm-connections",
                List.of("list"),
                Map.of("connections", shelf.connections())));
  }

  @GetMapping("/fsm-connections/" + ConnectionPages.ID)
  String connection(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      HttpServletRequest request,
      Model model) {
    return page(who, id, request, model);
  }

  /** The page of a connection, with what the model holds already, such as a test's result. */
  String page(HubPrincipal who, String id, HttpServletRequest request, Model model) {
    FsmLineView line = shelf.connection(id);
    FsmProductCard product = shelf.known(line.product()).orElse(null);
    model.addAllAttributes(parts(id));
    model.addAttribute("product", product);
    model.addAttribute(
        "fields",
        product == null
            ? List.of()
            : SettingsForm.fields(product.settings(), line.settings(), line.secrets(), Map.of()));
    model.addAttribute(
        "hook", line.callback() == null ? null : address.of(request) + line.callback());
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/fsm-connection";
  }

  @GetMapping(
      path = "/stream/fsm-connections/" + ConnectionPages.ID,
      produces = "text/event-stream")
  ResponseEntity<SseEmitter> connectionStream(
      @AuthenticationPrincipal HubPrincipal who, @PathVariable String id) {
    shelf.connection(id);
    return streams.answer(
        who,
        "fsm-connection " + id,
        () -> fragments.render("console/fsm-connection", List.of("state", "failing"), parts(id)));
  }

  private Map<String, Object> parts(String id) {
    return Map.of("c", shelf.connection(id), "failing", orders.failing(FAILURES));
  }
}
