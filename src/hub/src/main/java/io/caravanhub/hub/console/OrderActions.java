package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.fsm.ActionCalls;
import io.caravanhub.hub.fsm.ActionCalls.ActionDetail;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What can be done with an action on its page. */
@Controller
class OrderActions {
  private static final int CHANGED = 412;
  private static final String OVER =
      "It was changed since you opened this page, by the hub or by somebody else, and yours is not"
          + " saved yet. Look at it in another tab; Save puts yours in its place.";

  private final ActionCalls calls;
  private final OrderPages pages;
  private final ObjectMapper json;

  OrderActions(ActionCalls calls, OrderPages pages, ObjectMapper json) {
    this.calls = calls;
    this.pages = pages;
    this.json = json;
  }

  /**
   * Does what a button asks for.
   *
   * @param verb {@code retry}, {@code hold}, {@code release} or {@code cancel}
   */
  @PostMapping("/work-orders/" + ConnectionPages.ID + "/{verb:retry|hold|release|cancel}")
  String act(@PathVariable String id, @PathVariable String verb, RedirectAttributes answer) {
    try {
      switch (verb) {
        case "hold" -> calls.hold(id);
        case "cancel" -> calls.cancel(id);
        default -> calls.retry(id);
      }
      answer.addFlashAttribute(
          "good",
          switch (verb) {
            case "hold" -> "Held. It goes out when somebody releases it.";
            case "cancel" -> "Cancelled. It never goes out.";
            default -> "It goes out now.";
          });
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    return back(id, answer);
  }

  @PostMapping("/work-orders/" + ConnectionPages.ID + "/arrived")
  String arrived(
      @PathVariable String id,
      @RequestParam(defaultValue = "") String fsm,
      RedirectAttributes answer) {
    if (fsm.isBlank()) {
      answer.addFlashAttribute("wrong", "The number that it has in the FSM system is needed.");
      return back(id, answer);
    }
    try {
      calls.arrived(id, bytes(Map.of("fsm_id", fsm.strip())));
      answer.addFlashAttribute("good", "Noted. The hub follows the order from now on.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    return back(id, answer);
  }

  /** Keeps what was edited, whole, in the place of what was there. */
  @PostMapping("/work-orders/" + ConnectionPages.ID + "/payload")
  String edit(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(defaultValue = "") String payload,
      @RequestParam(defaultValue = "") String seen,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    boolean conflict = false;
    try {
      JsonNode edited =
          json.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(payload);
      Map<String, Object> body = new LinkedHashMap<>();
      ActionDetail there = calls.get(id);
      if (!seen.isEmpty() && !seen.equals(OrderReader.mark(there.payload()))) {
        throw ProblemException.changed(OVER);
      }
      body.put("payload", MergePatch.between(there.payload(), edited));
      calls.update(id, bytes(body), there.tag());
      answer.addFlashAttribute("good", "Saved. Retry sends it so.");
      return back(id, answer);
    } catch (JsonProcessingException e) {
      model.addAttribute(
          "wrong",
          "line %d, column %d: %s"
              .formatted(
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage()));
    } catch (ProblemException e) {
      conflict = e.status() == CHANGED;
      model.addAttribute("wrong", conflict ? OVER : said(e));
    }
    if (!conflict && !seen.isEmpty()) {
      // Only who was told of a change may write over it.
      model.addAttribute("seen", seen);
    }
    response.setStatus(400);
    model.addAttribute("edited", payload);
    return pages.page(who, id, model);
  }

  private static String said(ProblemException e) {
    return (e.field() == null ? "" : e.field() + ": ") + e.getMessage();
  }

  private byte[] bytes(Map<String, Object> body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String back(String id, RedirectAttributes answer) {
    answer.addAttribute("id", id);
    return "redirect:/work-orders/{id}";
  }
}
