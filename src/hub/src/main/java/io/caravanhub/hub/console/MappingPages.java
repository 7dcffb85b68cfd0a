package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.mapping.MappingCalls;
import io.caravanhub.hub.mapping.MappingComparison;
import io.caravanhub.hub.mapping.MappingSamples;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * The pages of mappings. What is done there goes through the API's own calls, made by the page's
 * script in the name of who is signed in.
 */
@Controller
class MappingPages {
  private static final int PAGE = 50;
  private static final String ALL = "5000";
  private static final String PAYLOADS = "100";

  /** In a path a mapping's slashes are colons. */
  private static final String NAME = "{name:[A-Za-z0-9][A-Za-z0-9._:-]*}";

  private final MappingCalls mappings;
  private final MappingComparison payloads;
  private final MappingSamples samples;
  private final DeviceDirectory devices;

  MappingPages(
      MappingCalls mappings,
      MappingComparison payloads,
      MappingSamples samples,
      DeviceDirectory devices) {
    this.mappings = mappings;
    this.payloads = payloads;
    this.samples = samples;
    this.devices = devices;
  }

  @GetMapping("/mappings")
  String list(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "all") String show,
      @RequestParam(defaultValue = "") String after,
      Model model) {
    List<MappingLine> all =
        mappings.list(ALL, null, q.isBlank() ? null : q.strip()).items().stream()
            .map(MappingLine::of)
            .toList();
    List<MappingLine> found =
        all.stream()
            .filter(line -> line.isOf(show) && line.name().compareTo(after) > 0)
            .limit(PAGE + 1L)
            .toList();
    List<MappingLine> page = found.size() > PAGE ? found.subList(0, PAGE) : found;
    model.addAttribute("mappings", page);
    model.addAttribute("next", found.size() > PAGE ? page.get(PAGE - 1).name() : null);
    model.addAttribute("first", after.isEmpty());
    model.addAttribute("q", q);
    model.addAttribute("show", show);
    Map<String, Long> counts = new LinkedHashMap<>();
    MappingLine.KINDS.forEach(
        kind -> counts.put(kind, all.stream().filter(line -> line.isOf(kind)).count()));
    model.addAttribute("counts", counts);
    model.addAttribute("edits", edits(who));
    return "console/mappings";
  }

  /** The editor; a mapping that is not there yet begins empty. */
  @GetMapping("/mappings/" + NAME)
  String mapping(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String name,
      CsrfToken csrf,
      Model model) {
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    model.addAttribute("name", name.replace(':', '/'));
    model.addAttribute("known", isKnown(name.replace(':', '/')));
    model.addAttribute("edits", edits(who));
    return "console/mapping";
  }

  /** Payloads that a draft can be tried on: real ones, newest first, then the samples. */
  @GetMapping("/mappings/" + NAME + "/payloads")
  ResponseEntity<List<PayloadPick>> payloads(
      @AuthenticationPrincipal HubPrincipal who, @PathVariable String name) {
    try {
      return ResponseEntity.ok(
          Stream.concat(
                  payloads.payloads(name, PAYLOADS).items().stream()
                      .map(real -> PayloadPick.of(real, who.tenant(), devices)),
                  samples.of(name).stream().map(PayloadPick::of))
              .toList());
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
  }

  /** A field table in YAML, taken apart for the grid. */
  @PostMapping(path = "/mappings/table", consumes = MediaType.TEXT_PLAIN_VALUE)
  ResponseEntity<Object> table(@RequestBody(required = false) @Nullable String yaml) {
    try {
      return ResponseEntity.ok(FieldTableLines.of(yaml == null ? "" : yaml));
    } catch (IllegalArgumentException e) {
      return ResponseEntity.badRequest().body(Map.of("detail", String.valueOf(e.getMessage())));
    }
  }

  /** Whether there is a file, a draft or a version of this name. */
  private boolean isKnown(String name) {
    return mappings.list(ALL, null, name).items().stream()
        .anyMatch(item -> name.equals(item.get("name")));
  }

  private static boolean edits(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
