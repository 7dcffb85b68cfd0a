package io.caravanhub.hub.console;

import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.ConnectorCatalog;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** The catalogue of connectors. */
@Controller
class ConnectorPages {
  private final ConnectorList list;
  private final ConnectorCatalog catalog;
  private final ConnectionList connections;
  private final HubAddress address;

  ConnectorPages(
      ConnectorList list,
      ConnectorCatalog catalog,
      ConnectionList connections,
      HubAddress address) {
    this.list = list;
    this.catalog = catalog;
    this.connections = connections;
    this.address = address;
  }

  @GetMapping("/connectors")
  String connectors(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "") String kind,
      Model model) {
    List<ConnectorCard> all = list.all();
    model.addAttribute(
        "connectors",
        all.stream().filter(c -> c.has(q) && (kind.isEmpty() || c.kind().equals(kind))).toList());
    model.addAttribute("kinds", all.stream().map(ConnectorCard::kind).distinct().sorted().toList());
    model.addAttribute("all", all.size());
    model.addAttribute("q", q);
    model.addAttribute("kind", kind);
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connectors";
  }

  @GetMapping("/connectors/{name:[a-z0-9][a-z0-9-]*}")
  String connector(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String name,
      HttpServletRequest request,
      Model model) {
    Connector connector =
        catalog.find(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    ConnectorCard card = list.card(connector);
    model.addAttribute("c", card);
    model.addAttribute(
        "fields",
        SettingsForm.fields(connector, SettingsForm.defaults(connector), Set.of(), Map.of()));
    model.addAttribute("readme", Markdown.html(card.facts().readme()));
    model.addAttribute(
        "connections", connections.read(name, "", "").lines().stream().limit(20).toList());
    model.addAttribute("hook", address.of(request) + "/hooks/" + who.tenant() + "/" + name);
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connector";
  }
}
