package io.caravanhub.hub.console;

import io.caravanhub.hub.gateway.GatewayRows;
import io.caravanhub.hub.gateway.GatewayState;
import io.caravanhub.hub.security.HubPrincipal;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/**
 * The page of a gateway's files. All that it shows and does goes through the API's own calls, made
 * by the page's script in the name of who is signed in.
 */
@Controller
class GatewayConfigurationPages {
  private final GatewayRows rows;

  GatewayConfigurationPages(GatewayRows rows) {
    this.rows = rows;
  }

  @GetMapping("/gateways/" + ConnectionPages.ID + "/configuration")
  String page(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      CsrfToken csrf,
      Model model) {
    GatewayState gateway =
        rows.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("g", new GatewayLine(gateway));
    model.addAttribute("edits", who.is("admin", "engineer"));
    model.addAttribute("enrols", who.is("admin"));
    return "console/gateway-files";
  }
}
