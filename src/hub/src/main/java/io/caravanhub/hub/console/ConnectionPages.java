package io.caravanhub.hub.console;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.hub.connector.ConnectionCalls;
import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.ConnectorCatalog;
import io.caravanhub.hub.connector.LastPayloads;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

/** The pages of connections that are looked at, and the streams that keep them up to date. */
@Controller
class ConnectionPages {
  static final String ID = "{id:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}}";
  private static final int MOST_DEVICES = 200;

  private final ConnectionList list;
  private final ConnectionCalls calls;
  private final ConnectorCatalog connectors;
  private final LastPayloads payloads;
  private final HubAddress address;
  private final Fragments fragments;
  private final LiveStreams streams;

  ConnectionPages(
      ConnectionList list,
      ConnectionCalls calls,
      ConnectorCatalog connectors,
      LastPayloads payloads,
      HubAddress address,
      Fragments fragments,
      LiveStreams streams) {
    this.list = list;
    this.calls = calls;
    this.connectors = connectors;
    this.payloads = payloads;
    this.address = address;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/connections")
  String connections(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String health,
      @RequestParam(defaultValue = "") String q,
      Model model) {
    String shown = known(health);
    model.addAllAttributes(shown(shown, q));
    model.addAttribute(
        "stream",
        "/stream/connections?health="
            + shown
            + "&q="
            + java.net.URLEncoder.encode(q, java.nio.charset.StandardCharsets.UTF_8));
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connections";
  }

  @GetMapping(path = "/stream/connections", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> connectionsStream(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String health,
      @RequestParam(defaultValue = "") String q) {
    String shown = known(health);
    String part = q.length() > 100 ? q.substring(0, 100) : q;
    return stream(
        streams.open(
            who,
            "connections " + shown + " " + part,
            () ->
                fragments.render(
                    "console/connections", List.of("healths", "list"), shown(shown, part))));
  }

  @GetMapping("/connections/" + ID)
  String connection(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      HttpServletRequest request,
      Model model) {
    return page(who, id, request, model);
  }

  /** The page of a connection, with what the model holds already, such as a test's result. */
  String page(HubPrincipal who, String id, HttpServletRequest request, Model model) {
    ConnectionLine line = list.find(id);
    Connector connector = connectors.find(line.oem()).orElse(null);
    Cloud cloud = connector == null ? null : connector.cloud();
    model.addAllAttributes(parts(id));
    model.addAttribute("connector", connector);
    model.addAttribute("consent", cloud != null && cloud.auth().consent() != null);
    model.addAttribute("every", cloud == null ? "" : ConnectorList.words(cloud.interval()));
    model.addAttribute("redirect", address.of(request) + ConsentPages.BACK);
    model.addAttribute("hook", address.of(request) + "/hooks/" + who.tenant() + "/" + line.oem());
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connection";
  }

  @GetMapping(path = "/stream/connections/" + ID, produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> connectionStream(
      @AuthenticationPrincipal HubPrincipal who, @PathVariable String id) {
    list.find(id);
    return stream(
        streams.open(
            who,
            "connection " + id,
            () ->
                fragments.render(
                    "console/connection", List.of("state", "named", "payloads"), parts(id))));
  }

  private Map<String, Object> parts(String id) {
    List<Map<String, Object>> devices = calls.devices(id).items();
    return Map.of(
        "c", list.find(id),
        "devices", devices.stream().limit(MOST_DEVICES).toList(),
        "payloads", payloads.of(UUID.fromString(id)));
  }

  private Map<String, Object> shown(String health, String q) {
    return Map.of(
        "shown",
        list.read("", health, q),
        "healths",
        ConnectionLine.healths(),
        "health",
        health,
        "q",
        q);
  }

  private static String known(@Nullable String health) {
    return health != null && ConnectionLine.healths().contains(health) ? health : "";
  }

  private static ResponseEntity<SseEmitter> stream(java.util.Optional<SseEmitter> emitter) {
    return emitter
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.status(503).header("Retry-After", "10").build());
  }
}
