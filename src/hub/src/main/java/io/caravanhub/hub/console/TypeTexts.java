package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeFile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * What the form of a device type says as YAML, and the other way round: whichever of both a person
 * changes, the other follows. Nothing is stored.
 */
@Controller
class TypeTexts {
  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT =
      new TypeReference<>() {};

  private final DeviceTypeFile files;
  private final ObjectMapper json;

  TypeTexts(DeviceTypeFile files, ObjectMapper json) {
    this.files = files;
    this.json = json;
  }

  /** Takes a type as the API takes it; answers {@code {yaml}}. */
  @PostMapping("/device-types/-/text")
  ResponseEntity<Map<String, ?>> text(@RequestBody byte[] body) {
    try {
      return ResponseEntity.ok(Map.of("yaml", DeviceTypeFile.text(json.readValue(body, OBJECT))));
    } catch (JsonProcessingException e) {
      return problem("body", "is not JSON: " + e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Takes YAML; answers the type as the API shows it, or what is wrong with it. */
  @PostMapping(path = "/device-types/-/read", consumes = MediaType.ALL_VALUE)
  ResponseEntity<Map<String, ?>> read(@RequestBody byte[] yaml) {
    try {
      return ResponseEntity.ok(DeviceTypeFile.view(files.read(yaml)));
    } catch (ProblemException e) {
      return problem(e.field() == null ? "body" : e.field(), String.valueOf(e.getMessage()));
    }
  }

  private static ResponseEntity<Map<String, ?>> problem(String field, String detail) {
    return ResponseEntity.badRequest().body(Map.of("field", field, "detail", detail));
  }
}
