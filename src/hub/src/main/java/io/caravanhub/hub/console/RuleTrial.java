package io.caravanhub.hub.console;

import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.rules.RuleBacktests;
import io.caravanhub.hub.rules.RuleDrafts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseBody;

/** What the rule editor asks as one writes. It changes nothing. */
@Controller
class RuleTrial {
  private static final int MOST_DEVICES = 500;

  private final RuleDrafts drafts;
  private final RuleBacktests backtests;
  private final RulePreview preview;
  private final Fragments fragments;

  RuleTrial(RuleDrafts drafts, RuleBacktests backtests, RulePreview preview, Fragments fragments) {
    this.drafts = drafts;
    this.backtests = backtests;
    this.preview = preview;
    this.fragments = fragments;
  }

  /**
   * Takes {@code {text, device?, span?}}; answers the fields of the rule and its YAML, or what is
   * wrong with it and where; the devices it is for, and what it would have done on one of them, or
   * that it is {@code busy} and to be asked again.
   */
  @PostMapping("/rules/-/look")
  @ResponseBody
  Map<String, @Nullable Object> look(@RequestBody byte[] body) {
    Fields fields = Fields.of(body);
    RuleDrafts.Draft draft = drafts.look(String.valueOf(fields.whole("text")));
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("rule", draft.written());
    answer.put("yaml", draft.written().isEmpty() ? null : drafts.yaml(draft.written()));
    answer.put("problem", draft.problem());
    Rule rule = draft.rule();
    if (rule != null) {
      List<RuleDevice> devices = backtests.devices(rule);
      answer.put("count", devices.size());
      answer.put(
          "devices",
          devices.stream()
              .limit(MOST_DEVICES)
              .map(device -> Map.of("id", device.id(), "serial", device.serial()))
              .toList());
      RuleDevice chosen = chosen(devices, fields.text("device", ""));
      if (chosen != null) {
        answer.put("device", chosen.id());
        show(rule, chosen, fields.text("span", "7d"), answer);
      }
    }
    return answer;
  }

  private static @Nullable RuleDevice chosen(List<RuleDevice> devices, String wanted) {
    return devices.stream()
        .filter(device -> device.id().equals(wanted) || device.serial().equals(wanted))
        .findFirst()
        .orElse(devices.isEmpty() ? null : devices.get(0));
  }

  private void show(
      Rule rule, RuleDevice device, String span, Map<String, @Nullable Object> answer) {
    Map<String, Object> model = new LinkedHashMap<>();
    try {
      model.put("p", preview.of(rule, device, span));
      model.put("serial", device.serial());
    } catch (ProblemException e) {
      model.put("busy", String.valueOf(e.getMessage()));
      answer.put("busy", e.retryAfter() != null);
    }
    answer.put(
        "html",
        fragments.render("console/rule-preview", List.of("preview"), model).get("live-preview"));
  }
}
