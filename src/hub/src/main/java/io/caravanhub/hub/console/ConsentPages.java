package io.caravanhub.hub.console;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionCalls;
import io.caravanhub.hub.connector.Consents;
import io.caravanhub.hub.connector.Consents.Begun;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The consent of an account's owner: to the OEM and back. What is under way is kept in the session
 * that began it, one at a time, and is taken out by the first answer, whatever that says.
 */
@Controller
class ConsentPages {
  /** Where the OEM sends the browser back to. */
  static final String BACK = "/console/connections/consent";

  private static final String UNDER_WAY = "hub.consent";
  private static final int LONGEST = 300;

  private final Consents consents;
  private final ConnectionCalls calls;
  private final ConnectionList list;
  private final HubAddress address;

  ConsentPages(Consents consents, ConnectionCalls calls, ConnectionList list, HubAddress address) {
    this.consents = consents;
    this.calls = calls;
    this.list = list;
    this.address = address;
  }

  /** Leads to the OEM by a page of its own: the answer to a form must not lead elsewhere. */
  @PostMapping("/connections/" + ConnectionPages.ID + "/consent")
  String begin(
      @PathVariable String id,
      HttpServletRequest request,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    try {
      Begun begun = consents.begin(id, address.of(request) + BACK);
      request.getSession(true).setAttribute(UNDER_WAY, begun);
      model.addAttribute("c", list.find(id));
      model.addAttribute("address", begun.address());
      response.setHeader("Cache-Control", "no-store");
      return "console/consent";
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
      answer.addAttribute("id", id);
      return "redirect:/connections/{id}";
    }
  }

  /** The way back. */
  @GetMapping(BACK)
  String back(
      @AuthenticationPrincipal @Nullable HubPrincipal who,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "") String code,
      @RequestParam(defaultValue = "") String error,
      @RequestParam(name = "error_description", defaultValue = "") String description,
      HttpServletRequest request,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    response.setHeader("Cache-Control", "no-store");
    Begun begun = taken(request, who, state);
    if (begun == null || who == null || !who.is("admin", "engineer")) {
      response.setStatus(400);
      model.addAttribute("signedIn", who != null);
      return "console/consent-lost";
    }
    String id = begun.connection().toString();
    answer.addAttribute("id", id);
    String problem = problem(begun, code, error, description);
    if (problem != null) {
      answer.addFlashAttribute("wrong", problem);
      return "redirect:/connections/{id}";
    }
    try {
      boolean lasting = consents.finish(begun, code);
      calls.enable(id);
      answer.addFlashAttribute(
          "good",
          lasting
              ? "The consent is given, and the connection enabled."
              : "The consent is given, and the connection enabled. The OEM gave no refresh token: the consent ends with this token.");
    } catch (CloudException e) {
      answer.addFlashAttribute(
          "wrong", "The OEM does not take its own code: " + e.reason() + ". Begin again.");
    } catch (ProblemException e) {
      answer.addFlashAttribute("wrong", e.getMessage());
    }
    return "redirect:/connections/{id}";
  }

  /** What was under way, when this is the answer to it; one after another counts once. */
  private static @Nullable Begun taken(
      HttpServletRequest request, @Nullable HubPrincipal who, String state) {
    HttpSession session = request.getSession(false);
    if (session == null
        || who == null
        || !(session.getAttribute(UNDER_WAY) instanceof Begun begun)
        || !begun.tenant().equals(who.tenant())
        || !same(begun.state(), state)) {
      return null;
    }
    session.removeAttribute(UNDER_WAY);
    return begun;
  }

  private static boolean same(String one, String other) {
    return java.security.MessageDigest.isEqual(
        one.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        other.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static @Nullable String problem(
      Begun begun, String code, String error, String description) {
    if (error.equals("access_denied")) {
      return "The consent was refused at the OEM (access_denied). Nothing has changed; it can be asked for again.";
    }
    if (!error.isEmpty()) {
      String told = (error + (description.isEmpty() ? "" : ": " + description)).strip();
      return "The OEM says: " + told.substring(0, Math.min(LONGEST, told.length()));
    }
    if (begun.isOver()) {
      return "That took longer than ten minutes, and the consent has expired. Begin again.";
    }
    return code.isEmpty() ? "The OEM sent the browser back without a code. Begin again." : null;
  }
}
