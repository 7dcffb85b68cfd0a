package io.caravanhub.testkit.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How a product behaves, read from {@code samples/fake.yaml} of its adapter. Expressions are
 * JSONata over {@code {body, query, path, headers, objects, object, next, now}}. Thread-safe.
 */
public final class FsmScript {
  /** The file's name below the adapter's folder. */
  public static final String NAME = "samples/fake.yaml";

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode script;
  private final Map<String, Mapping> compiled = new ConcurrentHashMap<>();

  private FsmScript(JsonNode script) {
    this.script = script;
  }

  /** Reads the script of an adapter. */
  public static FsmScript read(Path adapter) throws IOException {
    return new FsmScript(YAML.readTree(adapter.resolve(NAME).toFile()));
  }

  /** A part of it. */
  public JsonNode at(String pointer) {
    return script.at(pointer);
  }

  /** A connection's settings and credentials, towards an address. */
  public Map<String, String> settings(String origin) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String part : new String[] {"settings", "credentials"}) {
      script
          .path(part)
          .properties()
          .forEach(
              f -> settings.put(f.getKey(), f.getValue().asText().replace("{origin}", origin)));
    }
    return settings;
  }

  /** What an expression makes of a document; null when it yields nothing. */
  public @Nullable JsonNode evaluate(String expression, JsonNode input) {
    Mapping mapping =
        compiled.computeIfAbsent(
            expression, e -> Mapping.compile(new MappingSource("fake", "", e)));
    Object yielded =
        mapping.yielded(JSON.convertValue(input, Object.class), Map.of(), MappingBounds.DEFAULT);
    return yielded == null ? null : JSON.valueToTree(yielded);
  }
}
