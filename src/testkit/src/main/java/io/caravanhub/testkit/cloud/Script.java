package io.caravanhub.testkit.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a cloud answers, read from {@code samples/cloud.yaml}. Where an answer holds {@code
 * {$sample: telemetry.running.json}} it is that file of {@code samples/in}, so that golden files
 * and cloud say the same.
 *
 * @param settings a connection's settings
 * @param credentials its credentials
 * @param auth headers and query parameters without which a call hears 401
 */
public record Script(
    Map<String, String> settings, Map<String, String> credentials, Auth auth, List<Call> calls) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** What must be in every call. */
  public record Auth(Map<String, String> headers, Map<String, String> query) {}

  /**
   * One call and its answer.
   *
   * @param form what the body must hold, also for bodies in JSON
   * @param open whether it needs no credentials
   */
  public record Call(
      String method,
      String path,
      Map<String, String> query,
      List<String> form,
      boolean open,
      int status,
      Map<String, String> headers,
      JsonNode answer) {}

  /** Reads the script of a connector. */
  public static Script read(Path connector) throws IOException {
    JsonNode script = YAML.readTree(connector.resolve("samples/cloud.yaml").toFile());
    return of(script, connector.resolve("samples/in"));
  }

  /** A script in YAML that needs no samples. */
  public static Script of(String yaml) throws IOException {
    return of(YAML.readTree(yaml), Path.of("."));
  }

  private static Script of(JsonNode script, Path samples) throws IOException {
    List<Call> calls = new ArrayList<>();
    for (JsonNode call : script.path("calls")) {
      List<String> form = new ArrayList<>();
      call.path("body").forEach(part -> form.add(part.asText()));
      calls.add(
          new Call(
              call.path("method").asText("GET"),
              call.path("path").asText(),
              texts(call.path("query")),
              form,
              call.path("open").asBoolean(false),
              call.path("status").asInt(200),
              texts(call.path("headers")),
              resolved(call.path("answer"), samples)));
    }
    return new Script(
        texts(script.path("settings")),
        texts(script.path("credentials")),
        new Auth(texts(script.at("/auth/headers")), texts(script.at("/auth/query"))),
        calls);
  }

  /** A file with its {@code $sample}s filled in. */
  public static JsonNode resolved(Path file, Path samples) throws IOException {
    return resolved(YAML.readTree(file.toFile()), samples);
  }

  /** The same with every list in every answer empty. */
  public Script emptied() {
    return edited(Script::emptied);
  }

  /** The same with every answer that needs credentials changed. */
  public Script edited(UnaryOperator<JsonNode> change) {
    return new Script(
        settings,
        credentials,
        auth,
        calls.stream()
            .map(
                c ->
                    c.open()
                        ? c
                        : new Call(
                            c.method(),
                            c.path(),
                            c.query(),
                            c.form(),
                            false,
                            c.status(),
                            c.headers(),
                            change.apply(c.answer().deepCopy())))
            .toList());
  }

  private static JsonNode emptied(JsonNode node) {
    if (node instanceof ArrayNode array) {
      array.removeAll();
    } else if (node instanceof ObjectNode object) {
      object.forEach(Script::emptied);
    }
    return node;
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(f -> texts.put(f.getKey(), f.getValue().asText()));
    return texts;
  }

  private static JsonNode resolved(JsonNode node, Path samples) throws IOException {
    if (node.has("$sample")) {
      return YAML.readTree(Files.readString(samples.resolve(node.get("$sample").asText())));
    }
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
        object.set(field.getKey(), resolved(field.getValue(), samples));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, resolved(array.get(i), samples));
      }
    }
    return node;
  }
}
