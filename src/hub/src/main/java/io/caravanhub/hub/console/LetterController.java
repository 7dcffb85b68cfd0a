package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.deadletter.LetterCalls;
import io.caravanhub.hub.deadletter.LetterFilter;
import io.caravanhub.hub.deadletter.LetterReplay.Outcome;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.replay.ReplayCalls;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of the dead letters, and what can be done with them there. */
@Controller
class LetterController {
  private static final int PAGE = 50;
  private static final int REPLAYS = 3;

  private final DeadLetterList letters;
  private final LetterCalls calls;
  private final ReplayCalls replays;
  private final Notices notices;

  LetterController(
      DeadLetterList letters, LetterCalls calls, ReplayCalls replays, Notices notices) {
    this.letters = letters;
    this.calls = calls;
    this.replays = replays;
    this.notices = notices;
  }

  @GetMapping("/dead-letters")
  String list(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam Map<String, String> query,
      Model model) {
    Map<String, String> given = new HashMap<>(query);
    given.putIfAbsent("status", "kept");
    model.addAttribute("mends", mends(who));
    putReplays(model);
    for (String name : LetterFilter.NAMES) {
      model.addAttribute(name, given.getOrDefault(name, ""));
    }
    try {
      Page<DeadLetterLine> page = letters.page(filter(given), given.get("cursor"), PAGE);
      model.addAttribute("letters", page.items());
      model.addAttribute("next", page.cursor());
    } catch (ProblemException e) {
      model.addAttribute("letters", List.of());
      model.addAttribute("wrong", e.field() + ": " + e.getMessage());
    }
    return "console/dead-letters";
  }

  /** The replays alone, asked for again while one is under way. */
  @GetMapping("/dead-letters/replays")
  String replays(Model model, HttpServletResponse response) {
    putReplays(model);
    if (Boolean.FALSE.equals(model.getAttribute("underWay"))) {
      // Letters that were replayed are kept no more: the list below is read again.
      response.setHeader("HX-Refresh", "true");
    }
    return "console/dead-letters :: replays";
  }

  private void putReplays(Model model) {
    var newest = replays.newest(REPLAYS);
    model.addAttribute("replays", newest);
    model.addAttribute("underWay", newest.stream().anyMatch(replay -> !replay.ended()));
  }

  @GetMapping("/dead-letters/{id}")
  String letter(@AuthenticationPrincipal HubPrincipal who, @PathVariable String id, Model model) {
    Object mended = model.getAttribute("mended");
    try {
      model.addAttribute("p", letters.find(id, mended == null ? "" : mended.toString()));
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    model.addAttribute("mends", mends(who));
    return "console/dead-letter";
  }

  /** Replays one, with the content of the edit box when that is asked for. */
  @PostMapping("/dead-letters/{id}/replay")
  String replay(
      @PathVariable String id,
      @RequestParam(defaultValue = "original") String how,
      @RequestParam(required = false) @Nullable String payload,
      RedirectAttributes answer) {
    boolean edited = how.equals("edited") && payload != null;
    String text = payload == null ? "" : payload.replace("\r\n", "\n");
    Outcome outcome = calls.tryAgain(id, edited ? text.getBytes(StandardCharsets.UTF_8) : null);
    switch (outcome.fate()) {
      case REPLAYED -> answer.addFlashAttribute("good", "Replayed: the message is stored.");
      case UNUSABLE ->
          answer.addFlashAttribute(
              "wrong", "Still cannot be used. " + outcome.field() + ": " + outcome.reason());
      case BUSY ->
          answer.addFlashAttribute(
              "wrong", "Not now, the store is behind: " + outcome.reason() + ". Try again.");
      case ABSENT -> answer.addFlashAttribute("wrong", "The letter is not kept any more.");
    }
    if (edited) {
      answer.addFlashAttribute("mended", text);
    }
    answer.addAttribute("id", id);
    return "redirect:/dead-letters/{id}";
  }

  @PostMapping("/dead-letters/{id}/discard")
  String discard(@PathVariable String id, RedirectAttributes answer) {
    try {
      calls.discard(id);
      answer.addFlashAttribute("good", "Discarded. It stays in the list until it expires.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    answer.addAttribute("id", id);
    return "redirect:/dead-letters/{id}";
  }

  /** Replays all that the filter names, in the background. */
  @PostMapping("/dead-letters/replay")
  String replayAll(@RequestParam Map<String, String> form, RedirectAttributes answer) {
    try {
      replays.letters(filter(form));
      answer.addFlashAttribute("good", "The replay has begun; it goes on by itself.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.field() + ": " + e.getMessage());
    }
    LetterFilter.NAMES.stream()
        .filter(name -> !form.getOrDefault(name, "").isEmpty())
        .forEach(name -> answer.addAttribute(name, form.get(name)));
    return "redirect:/dead-letters";
  }

  /** Somebody has read the notice. */
  @PostMapping("/notices/{id}/acknowledge")
  String acknowledge(@PathVariable String id) {
    notices.acknowledge(id);
    return "redirect:/dead-letters";
  }

  private static LetterFilter filter(Map<String, String> given) {
    Map<String, Object> fields = new HashMap<>();
    given.forEach(
        (name, value) -> {
          boolean day = value.matches("\\d{4}-\\d{2}-\\d{2}");
          if (LetterFilter.NAMES.contains(name)
              && !(name.equals("status") && value.equals("any"))) {
            fields.put(name, day ? value + "T00:00:00Z" : value);
          }
        });
    return LetterFilter.of(Fields.of(fields));
  }

  private static boolean mends(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
