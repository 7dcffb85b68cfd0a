package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The official JSONata test suite, where it is at hand: whatever the library gets right a mapping
 * gets right too, bounds on, but for the cases that the resource {@code jsonata-exceptions.txt}
 * lists by name with the reason.
 */
class JsonataSuiteTest {
  private static final Path SUITE =
      Path.of(System.getProperty("hub.root", "."), "../shared/data/jsonata-test-suite/test-suite");
  private static final MappingBounds WIDE =
      new MappingBounds(Duration.ofMillis(500), 500, 1 << 20, 2_000_000);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Object FAILED = new Object();

  private static final Pattern TELLS_THE_TIME = Pattern.compile("now|millis|random|shuffle");

  private int right;
  private int planned;
  private final List<String> differing = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  @Test
  void mappingsGetRightWhatTheLibraryGetsRight() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(SUITE), "the JSONata test suite is not at hand");
    try (Stream<Path> files = Files.walk(SUITE.resolve("groups"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode content = JSON.readTree(file.toFile());
        int number = 0;
        for (JsonNode one : content.isArray() ? content : List.of(content)) {
          String name = file.getParent().getFileName() + "/" + file.getFileName();
          check(file, content.isArray() ? name + "#" + number++ : name, one);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(differing).isEmpty();
    assertThat(planned).isGreaterThan(500);
    assertThat(refused).containsExactlyInAnyOrderElementsOf(exceptions());
    assertThat(right).isGreaterThan(980);
  }

  /** Lines of {@code case | reason}; those that begin with # explain. */
  private static List<String> exceptions() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            JsonataSuiteTest.class.getResourceAsStream("/jsonata-exceptions.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" *\\| *")[0])
          .toList();
    }
  }

  private void check(Path file, String name, JsonNode test) throws IOException {
    if (!test.hasNonNull("expr") && !test.hasNonNull("expr-file")) {
      return;
    }
    String expression =
        test.hasNonNull("expr")
            ? test.get("expr").asText()
            : Files.readString(file.resolveSibling(test.get("expr-file").asText()));
    Map<String, Object> bindings = new LinkedHashMap<>();
    test.path("bindings")
        .properties()
        .forEach(e -> bindings.put(e.getKey(), JSON.convertValue(e.getValue(), Object.class)));
    boolean libraryRight = isRight(test, library(expression, input(test), bindings));
    Object ours;
    try {
      ours = mapping(expression, input(test), bindings);
    } catch (MappingException e) {
      if (e.reason().contains("mappings")
          || e.reason().startsWith("made a value larger")
          || e.reason().contains("regular expression may only")
          || e.reason().contains("another meaning")) {
        if (libraryRight) {
          refused.add(name);
        }
        return;
      }
      ours = FAILED;
    }
    if (isRight(test, ours)) {
      right++;
    } else if (libraryRight) {
      wrong.add(name + " " + expression);
    }
  }

  private static @Nullable Object input(JsonNode test) throws IOException {
    if (test.hasNonNull("dataset")) {
      return JSON.readValue(
          SUITE.resolve("datasets/" + test.get("dataset").asText() + ".json").toFile(),
          Object.class);
    }
    return JSON.convertValue(test.path("data"), Object.class);
  }

  private static @Nullable Object outcome(Supplier<@Nullable Object> evaluation) {
    try {
      return evaluation.get();
    } catch (MappingException e) {
      return e.getMessage();
    }
  }

  private @Nullable Object mapping(
      String expression, @Nullable Object input, Map<String, Object> bindings) {
    Mapping mapping = Mapping.compile(new MappingSource("suite", "1", expression));
    if (mapping.isPlanned() && !TELLS_THE_TIME.matcher(expression).find()) {
      planned++;
      Object fast = outcome(() -> mapping.evaluate(input, bindings, WIDE));
      Object slow = outcome(() -> mapping.byLibrary(input, bindings, WIDE));
      if (!Objects.equals(fast, slow)) {
        differing.add(expression + " planned " + fast + ", by the library " + slow);
      }
    }
    return mapping.evaluate(input, bindings, WIDE);
  }

  private static @Nullable Object library(
      String expression, @Nullable Object input, Map<String, Object> bindings) {
    try {
      Jsonata jsonata = Jsonata.jsonata(expression);
      Jsonata.Frame frame = jsonata.createFrame();
      bindings.forEach((name, value) -> frame.bind(name, value));
      frame.setRuntimeBounds(1000, 500);
      return jsonata.evaluate(input, frame);
    } catch (RuntimeException | StackOverflowError e) {
      return FAILED;
    }
  }

  private static boolean isRight(JsonNode test, @Nullable Object result) {
    if (test.has("result")) {
      return result != FAILED
          && normal(JSON.valueToTree(result)).equals(normal(test.get("result")));
    }
    if (test.path("undefinedResult").asBoolean()) {
      return result == null;
    }
    return result == FAILED;
  }

  private static JsonNode normal(JsonNode node) {
    return JSON.valueToTree(numbers(JSON.convertValue(node, Object.class)));
  }

  private static @Nullable Object numbers(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(JsonataSuiteTest::numbers).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, child) -> copy.put(key, numbers(child)));
      return copy;
    }
    return value;
  }
}
