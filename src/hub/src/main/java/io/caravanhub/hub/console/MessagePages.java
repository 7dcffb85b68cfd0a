package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.notify.Inbox;
import io.caravanhub.hub.notify.InboxItem;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The messages that policies left for who is signed in. */
@Controller
class MessagePages {
  private static final int PAGE = 50;

  private final Inbox inbox;

  MessagePages(Inbox inbox) {
    this.inbox = inbox;
  }

  @GetMapping("/messages")
  String list(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "all") String show,
      @RequestParam(required = false) @Nullable String cursor,
      CsrfToken csrf,
      Model model) {
    boolean unread = show.equals("unread");
    Page<InboxItem> page;
    try {
      page = inbox.list(who, unread, PAGE, cursor);
    } catch (ProblemException e) {
      page = new Page<>(List.of(), null);
    }
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("messages", page.items());
    model.addAttribute("next", page.cursor());
    model.addAttribute("show", unread ? "unread" : "all");
    return "console/messages";
  }

  /** Leads to what a message is about; it is read then. */
  @GetMapping("/messages/{id:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}}")
  String open(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable UUID event) {
    inbox.read(who, UUID.fromString(id));
    return event == null ? "redirect:/messages" : "redirect:/events/" + event;
  }
}
