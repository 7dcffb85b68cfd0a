package io.caravanhub.hub.console;

import io.caravanhub.hub.devicemap.DeviceMapCalls;
import io.caravanhub.hub.devicemap.TagBrowse;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The pages of device maps. What is done there goes through the API's own calls, made by the page's
 * script in the name of who is signed in.
 */
@Controller
class DeviceMapPages {
  private static final String ALL = "5000";

  /** In a path a map's slashes are colons. */
  private static final String NAME = "{name:[A-Za-z0-9][A-Za-z0-9._:-]*}";

  private final DeviceMapCalls maps;
  private final TagBrowse browse;

  DeviceMapPages(DeviceMapCalls maps, TagBrowse browse) {
    this.maps = maps;
    this.browse = browse;
  }

  @GetMapping("/device-maps")
  String list(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String q,
      Model model) {
    List<DeviceMapLine> lines =
        maps.list(ALL, null, q.isBlank() ? null : q.strip()).items().stream()
            .map(DeviceMapLine::of)
            .toList();
    model.addAttribute("maps", lines);
    model.addAttribute("q", q);
    model.addAttribute("edits", edits(who));
    return "console/device-maps";
  }

  /** The editor; a map that is not there yet begins empty. */
  @GetMapping("/device-maps/" + NAME)
  String map(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String name,
      CsrfToken csrf,
      Model model) {
    boolean edits = edits(who);
    List<Map<String, String>> devices = edits ? browse.choices() : List.of();
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("name", name.replace(':', '/'));
    model.addAttribute("known", maps.isKnown(name));
    model.addAttribute("devices", devices);
    model.addAttribute("edits", edits);
    return "console/device-map";
  }

  private static boolean edits(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
