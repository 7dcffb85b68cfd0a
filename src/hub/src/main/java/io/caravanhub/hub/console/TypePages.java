package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.devicetype.DeviceTypeFile;
import io.caravanhub.hub.devicetype.DeviceTypeRows;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import io.caravanhub.hub.devicetype.TypeHistory;
import io.caravanhub.hub.devicetype.TypeVersion;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ResponseStatusException;

/**
 * The pages of device types. What is changed there goes through the API's own calls, made by the
 * page's script in the name of who is signed in.
 */
@Controller
class TypePages {
  private static final String NAME = "{name:[A-Za-z0-9][A-Za-z0-9._-]*}";
  private static final int USERS = 50;
  private static final int VERSIONS = 100;

  private final TypeList types;
  private final TypePayloads payloads;
  private final DeviceTypeRows rows;
  private final DeviceTypeFile files;
  private final TypeHistory history;
  private final ObjectMapper json;

  TypePages(
      TypeList types,
      TypePayloads payloads,
      DeviceTypeRows rows,
      DeviceTypeFile files,
      TypeHistory history,
      ObjectMapper json) {
    this.types = types;
    this.payloads = payloads;
    this.rows = rows;
    this.files = files;
    this.history = history;
    this.json = json;
  }

  @GetMapping("/device-types")
  String list(@AuthenticationPrincipal HubPrincipal who, Model model) {
    List<TypeLine> all = types.all();
    model.addAttribute("types", all.stream().filter(TypeLine::described).toList());
    model.addAttribute("words", all.stream().filter(type -> !type.described()).toList());
    model.addAttribute("edits", edits(who));
    return "console/device-types";
  }

  /** The page that describes a type nobody has described yet. */
  @GetMapping("/new-device-type")
  String begin(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String name,
      CsrfToken csrf,
      Model model) {
    // Asked for in the middle of a page, it would come too late to begin a session.
    model.addAttribute("csrf", csrf.getToken());
    return page(who, name, null, model);
  }

  @GetMapping("/device-types/" + NAME)
  String type(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String name,
      CsrfToken csrf,
      Model model) {
    model.addAttribute("csrf", csrf.getToken());
    Stored stored = rows.find(name).orElse(null);
    if (stored == null && types.of(name, null).devices() + types.of(name, null).virtual() == 0) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    return page(who, name, stored, model);
  }

  private String page(HubPrincipal who, String name, @Nullable Stored stored, Model model) {
    boolean made = stored != null;
    List<TypeVersion> versions = made ? history.list(name, Integer.MAX_VALUE, VERSIONS) : List.of();
    model.addAttribute("t", types.of(name, stored));
    Map<String, ?> view = stored == null ? Map.of() : DeviceTypeFile.view(stored.type());
    model.addAttribute("type", stored == null ? "" : write(view));
    model.addAttribute("yaml", stored == null ? "" : DeviceTypeFile.text(view));
    model.addAttribute("versions", versions);
    model.addAttribute("users", name.isEmpty() ? List.of() : types.users(name, USERS));
    model.addAttribute("edits", edits(who));
    return "console/device-type";
  }

  /** Payloads that a draft can be tried on. */
  @GetMapping("/device-types/" + NAME + "/payloads")
  @ResponseBody
  List<PayloadPick> payloads(@AuthenticationPrincipal HubPrincipal who, @PathVariable String name) {
    return payloads.newest(who.tenant(), name);
  }

  /** The type's file, to be kept or taken elsewhere. */
  @GetMapping("/device-types/" + NAME + "/file")
  ResponseEntity<String> file(@PathVariable String name) {
    Stored stored =
        rows.find(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    ContentDisposition disposition =
        ContentDisposition.attachment().filename(name + ".yaml").build();
    return ResponseEntity.ok()
        .header(HttpHeaders.CONTENT_DISPOSITION, disposition.toString())
        .contentType(MediaType.parseMediaType("application/yaml"))
        .body(files.write(stored.type()));
  }

  private String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean edits(HubPrincipal who) {
    return who.is("admin", "engineer");
  }
}
