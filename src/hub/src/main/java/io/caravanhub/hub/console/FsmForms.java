package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.fsm.FsmConnectionCalls;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms of a field-service connection, drawn up from the schema of its product. */
@Controller
class FsmForms {
  private final FsmShelf shelf;
  private final FsmConnectionCalls calls;
  private final ObjectMapper json;

  FsmForms(FsmShelf shelf, FsmConnectionCalls calls, ObjectMapper json) {
    this.shelf = shelf;
    this.calls = calls;
    this.json = json;
  }

  @GetMapping("/new-fsm-connection")
  String begin(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String product,
      Model model) {
    if (product.isEmpty()) {
      return "redirect:/fsm-connections";
    }
    FsmProductCard card = shelf.product(product);
    return form(
        who,
        card,
        null,
        Map.of("name", card.title(), "join", "person"),
        SettingsForm.defaults(card.settings()),
        Map.of(),
        model);
  }

  @PostMapping("/new-fsm-connection")
  String create(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam Map<String, String> form,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    FsmProductCard card = shelf.product(form.getOrDefault("product", ""));
    SettingsForm.Entered entered = SettingsForm.read(card.settings(), form, Set.of());
    Map<String, String> problems = new LinkedHashMap<>(entered.problems());
    if (problems.isEmpty()) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("product", card.name());
      body.put("settings", entered.settings());
      body.put("join", form.getOrDefault("join", "person"));
      String name = form.getOrDefault("name", "").strip();
      if (!name.isEmpty()) {
        body.put("name", name);
      }
      try {
        answer.addAttribute("id", String.valueOf(calls.create(bytes(body)).get("id")));
        answer.addFlashAttribute("good", "It is made, and paused. Test it, then enable it.");
        return "redirect:/fsm-connections/{id}";
      } catch (ProblemException e) {
        note(e, problems);
      }
    }
    response.setStatus(400);
    return form(who, card, null, form, SettingsForm.shown(card.settings(), form), problems, model);
  }

  @GetMapping("/fsm-connections/" + ConnectionPages.ID + "/settings")
  String change(@AuthenticationPrincipal HubPrincipal who, @PathVariable String id, Model model) {
    FsmLineView line = shelf.connection(id);
    Map<String, String> given = Map.of("name", line.name(), "join", line.join());
    return form(who, shelf.product(line.product()), line, given, line.settings(), Map.of(), model);
  }

  @PostMapping("/fsm-connections/" + ConnectionPages.ID + "/settings")
  String save(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam Map<String, String> form,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    FsmLineView line = shelf.connection(id);
    FsmProductCard card = shelf.product(line.product());
    SettingsForm.Entered entered = SettingsForm.read(card.settings(), form, line.secrets());
    Map<String, String> problems = new LinkedHashMap<>(entered.problems());
    if (problems.isEmpty()) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("settings", entered.settings());
      body.put("join", form.getOrDefault("join", line.join()));
      body.put("same_system", form.containsKey("same_system"));
      try {
        calls.update(id, bytes(body));
        answer.addFlashAttribute("good", "Saved. It counts from the next call on.");
        answer.addAttribute("id", id);
        return "redirect:/fsm-connections/{id}";
      } catch (ProblemException e) {
        note(e, problems);
      }
    }
    response.setStatus(400);
    return form(who, card, line, form, SettingsForm.shown(card.settings(), form), problems, model);
  }

  private byte[] bytes(Map<String, Object> body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void note(ProblemException e, Map<String, String> problems) {
    String field = e.field() == null ? "" : e.field().replaceFirst("^settings/", "");
    problems.put(field, String.valueOf(e.getMessage()));
  }

  private static String form(
      HubPrincipal who,
      FsmProductCard product,
      @Nullable FsmLineView line,
      Map<String, String> given,
      Map<String, String> values,
      Map<String, String> problems,
      Model model) {
    model.addAttribute("product", product);
    model.addAttribute("c", line);
    model.addAttribute("given", given);
    model.addAttribute("problems", problems);
    model.addAttribute(
        "fields",
        SettingsForm.fields(
            product.settings(), values, line == null ? Set.of() : line.secrets(), problems));
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/fsm-form";
  }
}
