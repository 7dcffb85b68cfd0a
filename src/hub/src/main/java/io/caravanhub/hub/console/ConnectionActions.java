package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionCalls;
import io.caravanhub.hub.connector.ConnectionTrial;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What can be done with a connection on its page. */
@Controller
class ConnectionActions {
  private final ConnectionCalls calls;
  private final ConnectionTrial trial;
  private final ConnectionList list;
  private final ConnectionPages pages;

  ConnectionActions(
      ConnectionCalls calls, ConnectionTrial trial, ConnectionList list, ConnectionPages pages) {
    this.calls = calls;
    this.trial = trial;
    this.list = list;
    this.pages = pages;
  }

  /** Asks the cloud once; a script gets the result alone, a browser without one the whole page. */
  @PostMapping("/connections/" + ConnectionPages.ID + "/test")
  String test(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String script,
      HttpServletRequest request,
      Model model) {
    try {
      model.addAttribute("trial", trial.test(id));
    } catch (ProblemException e) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ok", false);
      result.put("reason", e.getMessage());
      result.put("way_out", "");
      result.put("devices", List.of());
      result.put("readings", List.of());
      result.put("problems", List.of());
      result.put("requests", 0);
      result.put("messages", 0);
      model.addAttribute("trial", result);
    }
    String page = pages.page(who, id, request, model);
    return script == null ? page : page + " :: trial";
  }

  @PostMapping("/connections/" + ConnectionPages.ID + "/enable")
  String enable(@PathVariable String id, RedirectAttributes answer) {
    calls.enable(id);
    answer.addFlashAttribute("good", "Enabled. The first poll is now.");
    return back(id, answer);
  }

  @PostMapping("/connections/" + ConnectionPages.ID + "/pause")
  String pause(@PathVariable String id, RedirectAttributes answer) {
    calls.pause(id);
    answer.addFlashAttribute("good", "Paused. What is there stays.");
    return back(id, answer);
  }

  /** Asks first. */
  @GetMapping("/connections/" + ConnectionPages.ID + "/delete")
  String ask(@AuthenticationPrincipal HubPrincipal who, @PathVariable String id, Model model) {
    model.addAttribute("c", list.find(id));
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connection-delete";
  }

  @PostMapping("/connections/" + ConnectionPages.ID + "/delete")
  String delete(@PathVariable String id, RedirectAttributes answer) {
    ConnectionLine line = list.find(id);
    calls.delete(id);
    answer.addFlashAttribute("good", line.name() + " is gone. Its devices and their history stay.");
    return "redirect:/connections";
  }

  private static String back(String id, RedirectAttributes answer) {
    answer.addAttribute("id", id);
    return "redirect:/connections/{id}";
  }
}
