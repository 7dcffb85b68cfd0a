package io.caravanhub.hub.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The paths of the API and the methods that each takes: those of openapi.yaml, and the two that no
 * schema describes, a WebSocket and a file. Immutable.
 */
@Component
class ContractPaths {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  private record Template(Pattern path, Set<String> methods) {}

  private final List<Template> templates = new ArrayList<>();

  /** Of paths without a place to fill, which messages come to, so that none is searched for. */
  private final Map<String, Set<String>> plain = new HashMap<>();

  ContractPaths() {
    try (InputStream yaml = ContractPaths.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode contract = new YAMLMapper().readTree(yaml);
      String base = contract.at("/servers/0/url").asText();
      contract
          .path("paths")
          .properties()
          .forEach(
              path -> templates.add(template(base + path.getKey(), operations(path.getValue()))));
      templates.add(template(base + "/telemetry/stream", Set.of("GET")));
      templates.add(template(base + "/gateway-software/{version}/file", Set.of("GET", "PUT")));
      contract
          .path("paths")
          .fieldNames()
          .forEachRemaining(
              path -> {
                if (!path.contains("{")) {
                  plain.put(base + path, search(base + path));
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The methods that a path takes, in capitals; none when the contract has no such path.
   *
   * @param path as it was sent, escapes included; a slash at its end does not count
   */
  Set<String> methods(String path) {
    String asked = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    Set<String> methods = plain.get(asked);
    return methods == null ? search(asked) : methods;
  }

  private Set<String> search(String asked) {
    Set<String> methods = new TreeSet<>();
    for (Template template : templates) {
      if (template.path.matcher(asked).matches()) {
        methods.addAll(template.methods);
      }
    }
    return methods;
  }

  private static Set<String> operations(JsonNode path) {
    Set<String> methods = new TreeSet<>();
    for (String method : METHODS) {
      if (path.has(method)) {
        methods.add(method.toUpperCase(Locale.ROOT));
      }
    }
    return methods;
  }

  private static Template template(String path, Set<String> methods) {
    StringBuilder pattern = new StringBuilder();
    for (String part : path.split("(?=\\{)|(?<=})")) {
      pattern.append(part.startsWith("{") ? "[^/]+" : Pattern.quote(part));
    }
    return new Template(Pattern.compile(pattern.toString()), methods);
  }
}
