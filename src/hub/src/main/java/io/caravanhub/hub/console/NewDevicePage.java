package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.DeviceRegistry;
import io.caravanhub.hub.security.HubPrincipal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page that registers a device, and shows its token this once. */
@Controller
class NewDevicePage {
  private static final List<String> FIELDS =
      List.of(
          "device_serial",
          "device_type",
          "connection_type",
          "manufacturer",
          "model",
          "installation_location",
          "parent_id");

  private final DeviceRegistry devices;
  private final TypeList types;
  private final ObjectMapper json;
  private final int mqttPort;

  NewDevicePage(
      DeviceRegistry devices,
      TypeList types,
      ObjectMapper json,
      @Value("${hub.mqtt.port}") int mqttPort) {
    this.devices = devices;
    this.types = types;
    this.json = json;
    this.mqttPort = mqttPort;
  }

  @GetMapping("/new-device")
  String form(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "") String type,
      Model model) {
    return page(who, Map.of("device_type", type), model);
  }

  private String page(HubPrincipal who, Map<String, String> given, Model model) {
    model.addAttribute("given", given);
    model.addAttribute("types", types.names());
    model.addAttribute("edits", who.is("admin", "engineer"));
    return "console/new-device";
  }

  /** Answers with the token; a page that is asked for again says that the serial is taken. */
  @PostMapping("/new-device")
  String register(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam Map<String, String> form,
      HttpServletResponse response,
      Model model) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String field : FIELDS) {
      String text = form.getOrDefault(field, "").strip();
      if (!text.isEmpty()) {
        given.put(field, text);
      }
    }
    try {
      model.addAttribute("device", devices.create(json.writeValueAsBytes(given)));
      model.addAttribute("mqttPort", mqttPort);
      response.setHeader("Cache-Control", "no-store");
      return "console/device-token";
    } catch (ProblemException e) {
      response.setStatus(e.status());
      model.addAttribute("wrong", e.getMessage());
      model.addAttribute("field", e.field());
      return page(who, given, model);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
