package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.testkit.connector.KameletCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every route file of this project keeps to. */
class RouteContractTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** What the hub's properties make of the placeholders in endpoint URIs. */
  private static final Map<String, String> CHANNELS =
      Map.of(
          "{{channel.raw.to}}", "direct:channel.raw",
          "{{channel.raw.from}}", "direct:channel.raw",
          "{{channel.normalized.to}}", "direct:channel.normalized",
          "{{channel.normalized.from}}", "direct:channel.normalized",
          "{{channel.alarms.to}}", "direct:channel.alarms",
          "{{channel.alarms.from}}", "direct:channel.alarms");

  private final List<String> problems = new ArrayList<>();

  private static List<Path> files(String ending) {
    List<Path> found = new ArrayList<>();
    for (String folder :
        List.of("routes", "connectors", "edge-camel/routes", "edge-camel/src/main")) {
      if (Files.isDirectory(ROOT.resolve(folder))) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
          // A link is how the gateway takes one of the hub's own files.
          files
              .filter(p -> p.toString().endsWith(ending) && !Files.isSymbolicLink(p))
              .sorted()
              .forEach(found::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return found;
  }

  private static JsonNode read(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceAll("\\.(camel|kamelet)\\.yaml$", "");
  }

  private static boolean isPolicy(Path file) {
    return file.getParent().endsWith("policy");
  }

  private void eachRoute(BiConsumer<Path, JsonNode> check) {
    for (Path file : files(".camel.yaml")) {
      if (!isPolicy(file)) {
        JsonNode first = read(file).path(0);
        check.accept(file, first.has("route") ? first.path("route") : first.path("rest"));
      }
    }
  }

  private void problem(Path file, String what) {
    problems.add(ROOT.relativize(file) + ": " + what);
  }

  private void none() {
    assertThat(problems).isEmpty();
  }

  @Test
  void thereAreRouteFiles() {
    assertThat(files(".camel.yaml")).hasSizeGreaterThan(5);
  }

  @Test
  void eachFileHoldsOneRouteOrPolicyNamedLikeTheFile() {
    for (Path file : files(".camel.yaml")) {
      JsonNode list = read(file);
      String kind =
          isPolicy(file) ? "routeConfiguration" : list.path(0).has("rest") ? "rest" : "route";
      if (list.size() != 1 || !list.path(0).has(kind)) {
        problem(file, "expected one " + kind);
      } else if (!kind.equals("rest")
          && !list.path(0).path(kind).path("id").asText().equals(name(file))) {
        problem(
            file, "id '" + list.path(0).path(kind).path("id").asText() + "' is not the file name");
      }
    }
    none();
  }

  @Test
  void routeIdsAndStepIdsOccurOnce() {
    Map<String, Path> seen = new HashMap<>();
    for (Path file : files(".camel.yaml")) {
      if (!isPolicy(file)) {
        for (String id : ids(read(file), false)) {
          Path other = seen.putIfAbsent(id, file);
          if (other != null) {
            problem(file, "id '" + id + "' is taken by " + ROOT.relativize(other));
          }
        }
      }
    }
    none();
  }

  @Test
  void eachRouteHasGroupDescriptionAndPolicy() {
    Set<String> policies = new TreeSet<>();
    files(".camel.yaml").stream()
        .filter(RouteContractTest::isPolicy)
        .forEach(f -> policies.add(name(f)));
    eachRoute(
        (file, route) -> {
          for (String field : List.of("group", "description", "routeConfigurationId")) {
            if (route.path(field).asText().isBlank() && !read(file).path(0).has("rest")) {
              problem(file, field + ": absent");
            }
          }
          String policy = route.path("routeConfigurationId").asText();
          if (!policy.isEmpty() && !policies.contains(policy)) {
            problem(file, "routeConfigurationId '" + policy + "' is in no policy folder");
          }
        });
    none();
  }

  @Test
  void routesThatListenInsideAreNamedGroupDotVerb() {
    eachRoute(
        (file, route) -> {
          String from = route.path("from").path("uri").asText();
          if (from.startsWith("direct:")
              && !from.equals(
                  "direct:" + route.path("group").asText() + "." + from.replaceAll(".*\\.", ""))) {
            problem(file, from + ": expected direct:" + route.path("group").asText() + ".<verb>");
          }
        });
    none();
  }

  @Test
  void eachDirectEndpointThatIsSentToIsListenedTo() {
    Set<String> consumers = new TreeSet<>();
    eachRoute((file, route) -> consumers.add(plain(route.path("from").path("uri").asText())));
    for (Path file : files(".kamelet.yaml")) {
      JsonNode template = read(file).at("/spec/template");
      consumers.add(
          plain(template.at("/from/uri").asText() + template.at("/route/from/uri").asText()));
    }
    for (Path file : all()) {
      for (String uri : producers(read(file), new ArrayList<>())) {
        if (plain(uri).startsWith("direct:")
            && !uri.contains("${")
            && !consumers.contains(plain(uri))) {
          problem(file, "nobody listens to " + plain(uri));
        }
      }
    }
    none();
  }

  @Test
  void kameletsAreLaidOutLikeCamelsOwn() {
    for (Path file : files(".kamelet.yaml")) {
      KameletCheck.problems(file).forEach(p -> problem(file, p));
    }
    none();
  }

  @Test
  void kameletsThatAreUsedExist() {
    Set<String> names = new TreeSet<>(Set.of("source", "sink"));
    files(".kamelet.yaml").forEach(f -> names.add(name(f)));
    for (Path file : all()) {
      List<String> uris = producers(read(file), new ArrayList<>());
      uris.add(read(file).path(0).path("route").path("from").path("uri").asText());
      for (String uri : uris) {
        if (uri.startsWith("kamelet:")
            && !names.contains(plain(uri).substring(8).replaceAll("/.*", ""))) {
          problem(file, "there is no " + uri);
        }
      }
    }
    none();
  }

  private static List<Path> all() {
    List<Path> all = new ArrayList<>(files(".camel.yaml"));
    all.addAll(files(".kamelet.yaml"));
    return all;
  }

  private static String plain(String uri) {
    return CHANNELS.getOrDefault(uri, uri).replaceAll("\\?.*", "");
  }

  /** URIs of all steps that send, that is of every endpoint but the ones in from. */
  private static List<String> producers(JsonNode node, List<String> found) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (Set.of("to", "toD", "wireTap", "enrich").contains(field.getKey())) {
        JsonNode value = field.getValue();
        found.add(value.isTextual() ? value.asText() : value.path("uri").asText());
      }
      producers(field.getValue(), found);
    }
    if (node.isArray()) {
      node.forEach(child -> producers(child, found));
    }
    return found;
  }

  private static List<String> ids(JsonNode node, boolean options) {
    List<String> ids = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().equals("id") && !options) {
        ids.add(field.getValue().asText());
      }
      ids.addAll(ids(field.getValue(), options || field.getKey().equals("parameters")));
    }
    if (node.isArray()) {
      node.forEach(child -> ids.addAll(ids(child, options)));
    }
    return ids;
  }
}
