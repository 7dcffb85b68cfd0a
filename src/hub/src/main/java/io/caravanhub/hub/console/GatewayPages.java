package io.caravanhub.hub.console;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.gateway.GatewayRows;
import io.caravanhub.hub.gateway.GatewayState;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The pages of gateways, and the streams that keep them up to date. */
@Controller
class GatewayPages {
  private static final int MOST = 500;
  private static final int COMMANDS = 20;
  private static final List<Span> SPANS = List.of(Span.HOUR, Span.DAY, Span.WEEK);

  private final GatewayRows rows;
  private final Fragments fragments;
  private final LiveStreams streams;
  private final DeviceDirectory directory;

  GatewayPages(
      GatewayRows rows, Fragments fragments, LiveStreams streams, DeviceDirectory directory) {
    this.directory = directory;
    this.rows = rows;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/gateways")
  String gateways(Model model) {
    model.addAllAttributes(fleet());
    return "console/gateways";
  }

  @GetMapping(path = "/stream/gateways", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> gatewaysStream(@AuthenticationPrincipal HubPrincipal who) {
    return streams.answer(
        who, "gateways", () -> fragments.render("console/gateways", List.of("fleet"), fleet()));
  }

  @GetMapping("/gateways/" + ConnectionPages.ID)
  String gateway(
      @PathVariable String id, @RequestParam(defaultValue = "24h") String span, Model model) {
    model.addAllAttributes(parts(id, known(span)));
    model.addAttribute("spans", SPANS);
    return "console/gateway";
  }

  @GetMapping(
      path = "/stream/gateways/" + ConnectionPages.ID,
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> gatewayStream(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(defaultValue = "24h") String span) {
    find(id);
    Span shown = known(span);
    return streams.answer(
        who,
        "gateway " + id + " " + shown.key(),
        () ->
            fragments.render(
                "console/gateway",
                List.of("state", "connections", "depth", "commands"),
                parts(id, shown)));
  }

  private Map<String, Object> fleet() {
    List<GatewayState> all = rows.page(null, MOST + 1);
    return Map.of(
        "gateways",
        all.stream().limit(MOST).map(GatewayLine::new).toList(),
        "online",
        all.stream().filter(GatewayState::online).count(),
        "more",
        all.size() > MOST);
  }

  private Map<String, Object> parts(String id, Span span) {
    GatewayState state = find(id);
    Map<String, Object> parts = new HashMap<>();
    GatewayLine line = new GatewayLine(state);
    parts.put("g", line);
    parts.put("ids", ids(line));
    parts.put("span", span);
    parts.put("chart", depth(state, span));
    parts.put(
        "commands",
        rows.commands(state, COMMANDS).stream().map(c -> CommandLine.of(c, "")).toList());
    return parts;
  }

  /** Ids of the devices that its connections name, for their pages. */
  private Map<String, String> ids(GatewayLine gateway) {
    List<String> serials =
        gateway.connections().stream().map(GatewayConnection::device).distinct().toList();
    Map<String, String> ids = new HashMap<>();
    directory
        .findAll(Objects.requireNonNull(TenantScope.current()), serials)
        .forEach((serial, device) -> ids.put(serial, device.id().toString()));
    return ids;
  }

  /** Records in the spool over time: the most of each step. */
  private Chart depth(GatewayState state, Span span) {
    Duration step =
        span.step().compareTo(Duration.ofMinutes(1)) < 0 ? Duration.ofMinutes(1) : span.step();
    Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    List<HistoryReader.Step> steps =
        rows.spoolDepth(state, end.minus(span.length()), step.toSeconds()).stream()
            .map(p -> new HistoryReader.Step(p.at(), p.value(), p.value(), p.value(), null))
            .toList();
    Instant first = steps.isEmpty() ? end : steps.get(0).from();
    Instant begin = end.minus(span.length());
    Instant shortest = end.minus(span.length().dividedBy(6));
    Instant from = first.isAfter(shortest) ? shortest : first.isAfter(begin) ? first : begin;
    return new ChartDrawer(from, end, step)
        .draw("records_in_the_spool", null, null, steps, null, List.of(), List.of());
  }

  private GatewayState find(String id) {
    return rows.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }

  private static Span known(String key) {
    return SPANS.stream().filter(s -> s.key().equals(key)).findFirst().orElse(Span.DAY);
  }
}
