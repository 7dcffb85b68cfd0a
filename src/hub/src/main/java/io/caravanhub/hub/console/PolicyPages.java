package io.caravanhub.hub.console;

import io.caravanhub.core.rule.RuleException;
import io.caravanhub.hub.orchestration.BooksInForce;
import io.caravanhub.hub.orchestration.PolicyCalls;
import io.caravanhub.hub.orchestration.PolicyView;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.Map;
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
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.server.ResponseStatusException;

/**
 * The pages of policies. Trying, saving and deleting go through the API's own calls, made by the
 * page's script in the name of who is signed in.
 */
@Controller
class PolicyPages {
  private static final int EVENTS = 40;
  private static final String BEGUN =
      """
      id: cold-store
      description: What it is for, in a sentence.
      when:
        event_type: [likely_failure]
        severity: [high, critical]
      then:
        - kind: work_order
          priority: 2
          work_type: corrective
          start_within: PT4H
          complete_within: PT24H
      """;

  private final PolicyTable table;
  private final BooksInForce books;
  private final EventInbox inbox;

  PolicyPages(PolicyTable table, BooksInForce books, EventInbox inbox) {
    this.table = table;
    this.books = books;
    this.inbox = inbox;
  }

  @GetMapping("/policies")
  String list(@AuthenticationPrincipal HubPrincipal who, Model model) {
    model.addAttribute("policies", table.lines(who.tenant()));
    model.addAttribute("books", books.of(who.tenant()));
    model.addAttribute("edits", edits(who));
    return "console/policies";
  }

  /** The editor of a new policy, empty or begun as a copy of another. */
  @GetMapping("/policies/-/new")
  String begin(@AuthenticationPrincipal HubPrincipal who, CsrfToken csrf, Model model) {
    model.addAttribute("source", "");
    return editor(who, csrf, model, "", BEGUN);
  }

  @GetMapping("/policies/{id:[A-Za-z0-9][A-Za-z0-9._-]*}")
  String policy(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      CsrfToken csrf,
      Model model) {
    PolicyView refused = table.refused(id).orElse(null);
    if (refused != null) {
      model.addAttribute("source", "table");
      return editor(who, csrf, model, id, PolicyText.write(refused.definition()));
    }
    PolicyCalls.Line line =
        table.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    model.addAttribute("source", line.source());
    model.addAttribute("state", line.state());
    Map<String, Object> written = line.policy();
    return editor(who, csrf, model, id, PolicyText.write(written == null ? Map.of() : written));
  }

  private String editor(HubPrincipal who, CsrfToken csrf, Model model, String id, String text) {
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("id", id);
    model.addAttribute("text", text);
    model.addAttribute("edits", edits(who));
    model.addAttribute(
        "events",
        inbox.page(InboxFilter.of(Map.of("show", "all")), EVENTS).rows().stream()
            .map(InboxRow::lead)
            .toList());
    return "console/policy";
  }

  /** A policy in YAML, as JSON with the line of each field. */
  @PostMapping(path = "/policies/-/read", consumes = MediaType.TEXT_PLAIN_VALUE)
  ResponseEntity<Object> read(@RequestBody(required = false) @Nullable String yaml) {
    try {
      return ResponseEntity.ok(PolicyText.read(yaml == null ? "" : yaml));
    } catch (RuleException e) {
      return ResponseEntity.badRequest()
          .body(
              Map.of(
                  "field", e.field(), "line", e.line(), "detail", String.valueOf(e.getMessage())));
    }
  }

  /** A version of a policy as YAML. */
  @PostMapping(path = "/policies/-/text", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Object> text(@RequestBody Map<String, Object> policy) {
    return ResponseEntity.ok(Map.of("yaml", PolicyText.write(policy)));
  }

  private static boolean edits(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
