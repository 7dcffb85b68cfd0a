package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.fsm.FsmConnectionCalls;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What can be done with a field-service connection on its page. */
@Controller
class FsmActions {
  private final FsmConnectionCalls calls;
  private final FsmShelf shelf;
  private final FsmPages pages;

  FsmActions(FsmConnectionCalls calls, FsmShelf shelf, FsmPages pages) {
    this.calls = calls;
    this.shelf = shelf;
    this.pages = pages;
  }

  /** Asks the product once; a script gets the result alone, a browser without one the page. */
  @PostMapping("/fsm-connections/" + ConnectionPages.ID + "/test")
  String test(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String script,
      HttpServletRequest request,
      Model model) {
    Map<String, Object> trial = new LinkedHashMap<>(Map.of("ok", false));
    try {
      calls
          .test(id)
          .forEach(
              (name, value) -> {
                if (value != null) {
                  trial.put(name, value);
                }
              });
    } catch (ProblemException e) {
      trial.put("reason", String.valueOf(e.getMessage()));
    }
    model.addAttribute("trial", trial);
    String page = pages.page(who, id, request, model);
    return script == null ? page : page + " :: trial";
  }

  @PostMapping("/fsm-connections/" + ConnectionPages.ID + "/enable")
  String enable(@PathVariable String id, RedirectAttributes answer) {
    try {
      calls.enable(id);
      answer.addFlashAttribute("good", "Enabled. Actions go there from now on.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    return back(id, answer);
  }

  @PostMapping("/fsm-connections/" + ConnectionPages.ID + "/pause")
  String pause(@PathVariable String id, RedirectAttributes answer) {
    try {
      calls.pause(id);
      answer.addFlashAttribute("good", "Paused. Actions wait until a connection is enabled.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    return back(id, answer);
  }

  @PostMapping("/fsm-connections/" + ConnectionPages.ID + "/delete")
  String delete(@PathVariable String id, RedirectAttributes answer) {
    FsmLineView line = shelf.connection(id);
    calls.delete(id);
    answer.addFlashAttribute("good", line.name() + " is gone. Its orders stay where they are.");
    return "redirect:/fsm-connections";
  }

  private static String back(String id, RedirectAttributes answer) {
    answer.addAttribute("id", id);
    return "redirect:/fsm-connections/{id}";
  }
}
