package io.caravanhub.hub.console;

import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The pages, and the streams that keep them up to date. */
@Controller
class PageController {
  private static final int MOST_DEVICES = 200;
  private static final int PAGE = 50;

  private final OverviewReader overview;
  private final DevicePageReader devicePages;
  private final DeviceCommandReader commands;
  private final DeviceList devices;
  private final Fleet fleet;
  private final OrderList orders;
  private final RouteBoard routes;
  private final Fragments fragments;
  private final LiveStreams streams;

  PageController(
      OverviewReader overview,
      DevicePageReader devicePages,
      DeviceCommandReader commands,
      DeviceList devices,
      Fleet fleet,
      OrderList orders,
      RouteBoard routes,
      Fragments fragments,
      LiveStreams streams) {
    this.overview = overview;
    this.devicePages = devicePages;
    this.commands = commands;
    this.devices = devices;
    this.fleet = fleet;
    this.orders = orders;
    this.routes = routes;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/")
  String overview(@AuthenticationPrincipal HubPrincipal who, Model model) {
    model.addAttribute("o", overview.read(who.tenant()));
    return "console/overview";
  }

  @GetMapping(path = "/stream/overview", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> overviewStream(@AuthenticationPrincipal HubPrincipal who) {
    return stream(
        who,
        "overview",
        "console/overview",
        List.of("cards", "devices", "events", "orders", "flow"),
        () -> Map.of("o", overview.read(who.tenant())));
  }

  @GetMapping("/devices")
  String devices(@AuthenticationPrincipal HubPrincipal who, Model model) {
    model.addAllAttributes(deviceList(who.tenant()));
    return "console/devices";
  }

  @GetMapping(path = "/stream/devices", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> devicesStream(@AuthenticationPrincipal HubPrincipal who) {
    return stream(
        who, "devices", "console/devices", List.of("fleet"), () -> deviceList(who.tenant()));
  }

  @GetMapping("/devices/" + ConnectionPages.ID)
  String device(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(defaultValue = "") String span,
      CsrfToken csrf,
      Model model) {
    boolean sends = who.is("admin", "engineer");
    if (sends) {
      // Asked for in the middle of a page, it would come too late to begin a session.
      model.addAttribute("csrf", csrf.getToken());
    }
    model.addAllAttributes(deviceParts(who, id, Span.of(span)));
    model.addAttribute("spans", Span.values());
    model.addAttribute("sends", sends);
    return "console/device";
  }

  @GetMapping(
      path = "/stream/devices/" + ConnectionPages.ID,
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> deviceStream(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(defaultValue = "") String span) {
    Span shown = Span.of(span);
    deviceParts(who, id, shown);
    return stream(
        who,
        "device " + id + " " + shown.key(),
        "console/device",
        List.of("state", "charts", "history", "commands"),
        () -> deviceParts(who, id, shown));
  }

  @GetMapping("/routes")
  String routes(Model model) {
    model.addAllAttributes(routeList());
    return "console/routes";
  }

  @GetMapping(path = "/stream/routes", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> routesStream(@AuthenticationPrincipal HubPrincipal who) {
    return stream(who, "routes", "console/routes", List.of("refused", "running"), this::routeList);
  }

  private Map<String, Object> routeList() {
    return Map.of(
        "groups", routes.groups(), "refused", routes.refused(), "alone", routes.isAlone());
  }

  private Map<String, Object> deviceList(String tenant) {
    return Map.of(
        "tiles", fleet.tiles(tenant + "/devices", devices.bySerial(MOST_DEVICES)),
        "count", fleet.count(tenant));
  }

  private Map<String, Object> deviceParts(HubPrincipal who, String id, Span span) {
    DevicePage page =
        devicePages
            .read(who.tenant(), id, span)
            .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    return Map.of("p", page, "k", commands.read(who.tenant(), page.device()));
  }

  private ResponseEntity<SseEmitter> stream(
      HubPrincipal who,
      String page,
      String template,
      List<String> parts,
      Supplier<Map<String, Object>> model) {
    return streams.answer(who, page, () -> fragments.render(template, parts, model.get()));
  }
}
