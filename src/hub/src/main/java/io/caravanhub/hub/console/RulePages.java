package io.caravanhub.hub.console;

import io.caravanhub.hub.event.AlarmFigures;
import io.caravanhub.hub.event.RuleFigures;
import io.caravanhub.hub.rules.RuleDrafts;
import io.caravanhub.hub.rules.RuleOverview;
import io.caravanhub.hub.rules.RuleOverview.Item;
import io.caravanhub.hub.rules.RuleView;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ResponseStatusException;

/**
 * The pages of rules. What is changed there goes through the API's own calls, made by the page's
 * script in the name of who is signed in.
 */
@Controller
class RulePages {
  private static final String ID = "{id:[a-z0-9][a-z0-9-]*}";
  private static final int PAGE = 200;
  private static final List<String> KINDS = List.of("all", "live", "shadow", "off", "own");
  private static final Map<String, Object> BLANK =
      Map.of(
          "when", Map.of("metric", "", "above", ""),
          "event",
              Map.of(
                  "type", "warning",
                  "severity", "medium",
                  "family", "",
                  "message", "{metric} is {value} {unit}, beyond {threshold} {unit}"));

  private final RuleOverview rules;
  private final RuleDrafts drafts;
  private final AlarmFigures figures;

  RulePages(RuleOverview rules, RuleDrafts drafts, AlarmFigures figures) {
    this.rules = rules;
    this.drafts = drafts;
    this.figures = figures;
  }

  @GetMapping("/rules")
  String list(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "all") String show,
      @RequestParam(defaultValue = "1") int page,
      CsrfToken csrf,
      Model model) {
    model.addAttribute("csrf", csrf.getToken());
    String part = q.strip().toLowerCase(Locale.ROOT);
    List<Item> all = rules.list(who.tenant());
    Instant now = Instant.now();
    Map<String, RuleFigures> led =
        figures.ofRules(now.minus(Duration.ofDays(30)), now).stream()
            .collect(Collectors.toMap(RuleFigures::rule, Function.identity()));
    List<Item> fitting = all.stream().filter(item -> isOf(item, show) && says(item, part)).toList();
    int shown = Math.max(1, Math.min(page, (fitting.size() + PAGE - 1) / PAGE));
    model.addAttribute("page", shown);
    model.addAttribute("pages", (fitting.size() + PAGE - 1) / PAGE);
    model.addAttribute(
        "rules",
        fitting.stream()
            .skip((shown - 1) * (long) PAGE)
            .limit(PAGE)
            .map(item -> RuleLine.of(item, led.get(item.rule().id())))
            .toList());
    Map<String, Long> counts = new LinkedHashMap<>();
    KINDS.forEach(kind -> counts.put(kind, all.stream().filter(item -> isOf(item, kind)).count()));
    model.addAttribute("counts", counts);
    model.addAttribute("refused", rules.refused(who.tenant()));
    model.addAttribute("q", q);
    model.addAttribute("show", show);
    model.addAttribute("edits", edits(who));
    return "console/rules";
  }

  private static boolean isOf(Item item, String kind) {
    return kind.equals("all") || (kind.equals("own") ? item.own() : item.state().equals(kind));
  }

  private static boolean says(Item item, String part) {
    return item.rule().id().contains(part)
        || item.rule().outcome().family().toLowerCase(Locale.ROOT).contains(part)
        || item.rule().conditions().stream()
            .anyMatch(c -> c.metrics().stream().anyMatch(metric -> metric.contains(part)));
  }

  /** The editor with nothing in it, or with what another rule says. */
  @GetMapping("/new-rule")
  String begin(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String metric,
      @RequestParam(defaultValue = "") String device,
      CsrfToken csrf,
      Model model) {
    Map<String, Object> written = new LinkedHashMap<>(BLANK);
    if (!metric.isEmpty()) {
      written.put("when", Map.of("metric", metric, "above", ""));
    }
    return editor(who, "", drafts.yaml(written), null, null, device, csrf, model);
  }

  @GetMapping("/rules/" + ID)
  String rule(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(name = "for", defaultValue = "") String scope,
      CsrfToken csrf,
      Model model) {
    RuleView own = drafts.own(id);
    Item item =
        (own == null ? ofFile(who.tenant(), id, scope) : rules.of(who.tenant(), own)).orElse(null);
    if (own == null && item == null) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    Map<String, Object> written = item == null ? Map.of() : item.rule().written();
    String yaml = own == null ? drafts.yaml(written) : drafts.yaml(own);
    return editor(who, id, yaml, own, item, "", csrf, model);
  }

  /** The rule of a file; of several variants the one for those devices. */
  private Optional<Item> ofFile(String tenant, String id, String scope) {
    return rules.list(tenant, id).stream()
        .filter(item -> scope.isEmpty() || RuleLine.words(item.rule().scope()).equals(scope))
        .findFirst();
  }

  private String editor(
      HubPrincipal who,
      String id,
      String yaml,
      @Nullable RuleView own,
      @Nullable Item item,
      String device,
      CsrfToken csrf,
      Model model) {
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("id", id);
    model.addAttribute("yaml", yaml);
    model.addAttribute("own", own);
    model.addAttribute("line", item == null ? null : RuleLine.of(item, null));
    model.addAttribute("device", device);
    model.addAttribute("spans", RulePreview.spans());
    model.addAttribute("edits", edits(who));
    return "console/rule";
  }

  /** The versions of the tenant's own rule, newest first, each as YAML. */
  @GetMapping("/rules/" + ID + "/history")
  @ResponseBody
  List<RuleDrafts.Past> history(@PathVariable String id) {
    return drafts.history(id);
  }

  private static boolean edits(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
