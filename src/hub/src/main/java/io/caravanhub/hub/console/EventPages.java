package io.caravanhub.hub.console;

import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

/**
 * The inbox of events. What is done there goes through the API's own calls, made by the page's
 * script in the name of who is signed in.
 */
@Controller
class EventPages {
  private static final int PAGE = 50;
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final EventInbox inbox;
  private final EventCaseReader cases;
  private final Fragments fragments;
  private final LiveStreams streams;

  EventPages(EventInbox inbox, EventCaseReader cases, Fragments fragments, LiveStreams streams) {
    this.inbox = inbox;
    this.cases = cases;
    this.fragments = fragments;
    this.streams = streams;
  }

  @GetMapping("/events")
  String inbox(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam Map<String, String> query,
      CsrfToken csrf,
      Model model) {
    InboxFilter filter = InboxFilter.of(query);
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAllAttributes(list(filter));
    model.addAttribute("families", inbox.families());
    model.addAttribute("acts", acts(who));
    // Only the newest page has news.
    model.addAttribute("live", filter.cursor() == null ? "/stream/events?" + filter.query() : "");
    return "console/events";
  }

  @GetMapping(path = "/stream/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> stream(
      @AuthenticationPrincipal HubPrincipal who, @RequestParam Map<String, String> query) {
    InboxFilter filter = InboxFilter.of(query);
    return streams.answer(
        who,
        "events " + filter.query(),
        () -> fragments.render("console/events", List.of("tally", "inbox"), list(filter)));
  }

  /** The events of one problem, below its line. */
  @GetMapping("/events/problem")
  String problem(
      @RequestParam Map<String, String> query,
      @RequestParam(defaultValue = "") String key,
      Model model) {
    model.addAttribute("members", inbox.members(InboxFilter.of(query), key));
    model.addAttribute("most", EventInbox.MEMBERS);
    return "console/events :: members";
  }

  /** Work orders link here: what was noticed, the readings that led to it, what came of it. */
  @GetMapping("/events/" + ConnectionPages.ID)
  String event(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      CsrfToken csrf,
      Model model) {
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("c", find(id));
    model.addAttribute("acts", acts(who));
    model.addAttribute("live", "/stream/events/" + id);
    return "console/event";
  }

  @GetMapping(
      path = "/stream/events/" + ConnectionPages.ID,
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> eventStream(
      @AuthenticationPrincipal HubPrincipal who, @PathVariable String id) {
    find(id);
    return streams.answer(who, "event " + id, live(id));
  }

  /** What was rendered of an event, and what it looked like then. */
  private record Rendered(String mark, long nanos, Map<String, String> sections) {}

  /** Rendered anew when something about the event has changed, and else every few seconds. */
  private Supplier<Map<String, String>> live(String id) {
    AtomicReference<@Nullable Rendered> last = new AtomicReference<>();
    return () -> {
      Rendered there = last.get();
      String mark = cases.mark(id);
      long now = System.nanoTime();
      if (there != null && there.mark().equals(mark) && now - there.nanos() < AGAIN.toNanos()) {
        return there.sections();
      }
      Map<String, String> sections =
          fragments.render(
              "console/event",
              List.of("standing", "proof", "why", "steps", "related"),
              Map.of("c", find(id)));
      last.set(new Rendered(mark, now, sections));
      return sections;
    };
  }

  private EventCase find(String id) {
    return cases.read(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }

  private Map<String, Object> list(InboxFilter filter) {
    return Map.of(
        "f",
        filter,
        "page",
        inbox.page(filter, PAGE),
        "counts",
        inbox.counts(),
        "shows",
        InboxFilter.SHOWS);
  }

  static boolean acts(HubPrincipal who) {
    return who.is("admin", "engineer", "dispatcher");
  }
}
