package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.metric.MetricCalls;
import io.caravanhub.hub.metric.MetricView;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The metric catalogue and the page where a metric's limits are set. */
@Controller
class MetricController {
  private static final List<String> NUMBERS =
      List.of("min", "max", "max_rate_per_minute", "stuck_count");
  private static final List<String> NO_LIMITS = List.of("key", "_csrf", "reset");
  private static final String PAGE = "100";

  private final MetricCalls metrics;

  MetricController(MetricCalls metrics) {
    this.metrics = metrics;
  }

  @GetMapping("/metrics")
  String list(
      @RequestParam(defaultValue = "") String q,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    Page<MetricView> page = metrics.list(PAGE, cursor, q.isBlank() ? null : q.strip());
    model.addAttribute("metrics", page.items().stream().map(MetricLine::of).toList());
    model.addAttribute("next", page.cursor());
    model.addAttribute("q", q);
    return "console/metrics";
  }

  @GetMapping("/metrics/limits")
  String edit(@AuthenticationPrincipal HubPrincipal who, @RequestParam String key, Model model) {
    MetricView metric;
    try {
      metric = metrics.get(key);
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    model.addAttribute("m", MetricLine.of(metric));
    model.addAttribute("key", key);
    if (!model.containsAttribute("given")) {
      Map<String, String> given = new LinkedHashMap<>();
      metric.limits().forEach((name, value) -> given.put(name, MetricLine.text(value)));
      model.addAttribute("given", given);
    }
    model.addAttribute("mends", who.is("admin", "engineer"));
    return "console/metric";
  }

  @PostMapping("/metrics/limits")
  String save(@RequestParam Map<String, String> form, RedirectAttributes answer) {
    String key = form.getOrDefault("key", "");
    answer.addAttribute("key", key);
    try {
      if (form.containsKey("reset")) {
        metrics.reset(key);
        answer.addFlashAttribute("good", "The catalogue's own limits are in force again.");
      } else {
        metrics.change(key, fields(form));
        answer.addFlashAttribute("good", "Saved. New readings are judged by these limits.");
      }
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
      answer.addFlashAttribute("field", e.field());
      answer.addFlashAttribute("given", new HashMap<>(form));
    }
    return "redirect:/metrics/limits";
  }

  private static Fields fields(Map<String, String> form) {
    Map<String, @Nullable Object> fields = new HashMap<>();
    form.forEach(
        (name, text) -> {
          if (!NO_LIMITS.contains(name) && !(name.equals("unit") && text.isBlank())) {
            fields.put(name, value(name, text.strip()));
          }
        });
    return Fields.of(fields);
  }

  private static @Nullable Object value(String name, String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return NUMBERS.contains(name) ? (Object) Double.valueOf(text.replace(',', '.')) : text;
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
