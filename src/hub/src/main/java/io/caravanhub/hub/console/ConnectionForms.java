package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionCalls;
import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.ConnectorCatalog;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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

/** The forms that make and change a connection, drawn up from the schema of its connector. */
@Controller
class ConnectionForms {
  private final ConnectionList list;
  private final ConnectionCalls calls;
  private final ConnectorCatalog connectors;
  private final ObjectMapper json;

  ConnectionForms(
      ConnectionList list, ConnectionCalls calls, ConnectorCatalog connectors, ObjectMapper json) {
    this.list = list;
    this.calls = calls;
    this.connectors = connectors;
    this.json = json;
  }

  @GetMapping("/new-connection")
  String begin(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String oem,
      Model model) {
    if (oem.isEmpty()) {
      return "redirect:/connectors";
    }
    Connector connector = connector(oem);
    Map<String, String> given = Map.of("name", connector.title(), "devices", "register");
    return form(
        who,
        connector,
        null,
        given,
        SettingsForm.defaults(connector.definition()),
        Map.of(),
        model);
  }

  @PostMapping("/new-connection")
  String create(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam Map<String, String> form,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    Connector connector = connector(form.getOrDefault("oem", ""));
    SettingsForm.Entered entered = SettingsForm.read(connector.definition(), form, Set.of());
    Map<String, String> problems = new LinkedHashMap<>(entered.problems());
    if (problems.isEmpty()) {
      try {
        Map<String, @Nullable Object> body = common(form, entered);
        body.put("oem", connector.name());
        String id = String.valueOf(calls.create(json.writeValueAsBytes(body)).get("id"));
        answer.addFlashAttribute("made", true);
        answer.addAttribute("id", id);
        return "redirect:/connections/{id}";
      } catch (ProblemException e) {
        note(e, problems, model);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
    response.setStatus(400);
    var shown = SettingsForm.shown(connector.definition(), form);
    return form(who, connector, null, form, shown, problems, model);
  }

  @GetMapping("/connections/" + ConnectionPages.ID + "/settings")
  String change(@AuthenticationPrincipal HubPrincipal who, @PathVariable String id, Model model) {
    ConnectionLine line = list.find(id);
    Map<String, String> given = new LinkedHashMap<>();
    given.put("name", line.name());
    given.put("devices", line.registers() ? "register" : "claim");
    SettingsForm.COMMON.forEach(name -> given.put(name, line.settings().getOrDefault(name, "")));
    given.put("every_seconds", line.every() == null ? "" : line.every().toString());
    return form(who, connector(line.oem()), line, given, line.settings(), Map.of(), model);
  }

  @PostMapping("/connections/" + ConnectionPages.ID + "/settings")
  String save(
      @AuthenticationPrincipal HubPrincipal who,
      @PathVariable String id,
      @RequestParam Map<String, String> form,
      HttpServletResponse response,
      RedirectAttributes answer,
      Model model) {
    ConnectionLine line = list.find(id);
    Connector connector = connector(line.oem());
    SettingsForm.Entered entered = SettingsForm.read(connector.definition(), form, line.secrets());
    Map<String, String> problems = new LinkedHashMap<>(entered.problems());
    if (problems.isEmpty()) {
      try {
        calls.update(id, json.writeValueAsBytes(common(form, entered)));
        answer.addFlashAttribute("good", "Saved. It counts from the next poll on.");
        answer.addAttribute("id", id);
        return "redirect:/connections/{id}";
      } catch (ProblemException e) {
        note(e, problems, model);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
    response.setStatus(400);
    var shown = SettingsForm.shown(connector.definition(), form);
    return form(who, connector, line, form, shown, problems, model);
  }

  private static Map<String, @Nullable Object> common(
      Map<String, String> form, SettingsForm.Entered entered) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("settings", entered.settings());
    String name = form.getOrDefault("name", "").strip();
    if (!name.isEmpty()) {
      body.put("name", name);
    }
    body.put("devices", form.getOrDefault("devices", "register"));
    String every = form.getOrDefault("every_seconds", "").strip();
    body.put(
        "every_seconds",
        every.isEmpty() ? null : every.matches("\\d{1,9}") ? Integer.valueOf(every) : every);
    return body;
  }

  /** Beside its field where the form has it, above the form otherwise. */
  private static void note(ProblemException e, Map<String, String> problems, Model model) {
    String field = e.field() == null ? "" : e.field().replaceFirst("^settings/", "");
    problems.put(field, String.valueOf(e.getMessage()));
    if (e.status() != 400 && !field.equals("name")) {
      model.addAttribute("wrong", e.getMessage());
    }
  }

  private String form(
      HubPrincipal who,
      Connector connector,
      @Nullable ConnectionLine line,
      Map<String, String> given,
      Map<String, String> values,
      Map<String, String> problems,
      Model model) {
    Cloud cloud = connector.cloud();
    model.addAttribute("connector", connector);
    model.addAttribute("c", line);
    model.addAttribute("given", given);
    model.addAttribute("problems", problems);
    model.addAttribute(
        "fields",
        SettingsForm.fields(
            connector.definition(), values, line == null ? Set.of() : line.secrets(), problems));
    model.addAttribute("polls", cloud != null);
    model.addAttribute(
        "rare",
        Stream.concat(SettingsForm.COMMON.stream(), Stream.of("every_seconds"))
            .anyMatch(
                name -> problems.containsKey(name) || !given.getOrDefault(name, "").isEmpty()));
    model.addAttribute("consent", cloud != null && cloud.auth().consent() != null);
    model.addAttribute("every", cloud == null ? "" : ConnectorList.words(cloud.interval()));
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/connection-form";
  }

  private Connector connector(String oem) {
    return connectors
        .find(oem)
        .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }
}
