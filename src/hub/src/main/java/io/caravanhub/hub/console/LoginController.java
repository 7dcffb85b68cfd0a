package io.caravanhub.hub.console;

import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.SessionFilter;
import io.caravanhub.hub.security.Tokens;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Signing in with a token, once in a form and once by a link that the terminal prints. */
@Controller
class LoginController {
  private static final String[] STAFF = {"admin", "engineer", "dispatcher", "technician", "viewer"};

  private final Tokens tokens;

  LoginController(Tokens tokens) {
    this.tokens = tokens;
  }

  @GetMapping("/login")
  String page(
      @RequestParam(required = false) @Nullable String token,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model) {
    return token == null ? "console/login" : signIn(token, request, response, model);
  }

  @PostMapping("/login")
  String signIn(
      @RequestParam(defaultValue = "") String token,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model) {
    HubPrincipal principal =
        tokens
            .authenticate(token.strip(), request.getRemoteAddr())
            .filter(p -> p.is(STAFF))
            .orElse(null);
    if (principal == null) {
      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
      model.addAttribute("refused", true);
      return "console/login";
    }
    HttpSession before = request.getSession(false);
    if (before != null) {
      // Nothing of a session that was there before signing in is of the one that is signed in, the
      // token against forged requests neither.
      before.invalidate();
    }
    HttpSession session = request.getSession(true);
    session.setAttribute(SessionFilter.PRINCIPAL, principal);
    session.setAttribute(SessionFilter.TOKEN, Tokens.key(token.strip()));
    return "redirect:/";
  }
}
