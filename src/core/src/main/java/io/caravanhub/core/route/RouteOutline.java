package io.caravanhub.core.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What a route file names, and on which line: read from the YAML alone, so that most mistakes are
 * found with their line before a running route is touched.
 */
final class RouteOutline {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{[^{}]+}}");
  private static final Set<String> URI_KEYS =
      Set.of("uri", "to", "toD", "wireTap", "enrich", "pollEnrich", "poll", "from");
  private static final Set<String> ITEMS =
      Set.of("route", "from", "routeTemplate", "templatedRoute", "routeConfiguration", "rest");
  private static final Set<String> OPTIONS = Set.of("parameters", "properties", "definition");

  private static final Set<String> TEMPLATE_OWN = Set.of("templateId", "routeId", "uuid");

  /** A word of the file and its line, counted from 1. */
  record Word(String text, int line) {}

  /** One item of the file's top list. */
  record Item(String kind, @Nullable String id, int line) {}

  private final List<Item> items = new ArrayList<>();
  private final List<Word> uris = new ArrayList<>();
  private final List<Word> placeholders = new ArrayList<>();
  private final List<Word> policies = new ArrayList<>();
  private final List<Word> stepIds = new ArrayList<>();
  private final List<Word> words = new ArrayList<>();
  private final Set<String> kamelets = new LinkedHashSet<>();
  private final Set<String> parameters = new HashSet<>(TEMPLATE_OWN);

  private RouteOutline() {}

  static RouteOutline read(RouteSource source) throws RouteRefusal {
    RouteOutline outline = new RouteOutline();
    try {
      LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
      Optional<Node> root = new Compose(settings).composeString(source.text());
      if (root.isEmpty()) {
        throw new RouteRefusal("the file is empty", 0);
      }
      if (source.kind() == RouteSource.Kind.KAMELET) {
        outline.readKamelet(root.get());
      } else {
        outline.readList(root.get());
      }
    } catch (YamlEngineException e) {
      throw RouteRefusal.of(e, null);
    }
    return outline;
  }

  List<Item> items() {
    return items;
  }

  List<Word> uris() {
    return uris;
  }

  List<Word> placeholders() {
    return placeholders;
  }

  List<Word> policies() {
    return policies;
  }

  List<Word> stepIds() {
    return stepIds;
  }

  /** Names of the kamelets it uses. */
  Set<String> kamelets() {
    return kamelets;
  }

  /** The endpoint that its first route takes messages from, or empty. */
  String from() {
    return uris.isEmpty() ? "" : uris.get(0).text();
  }

  /**
   * The line of the longest word held by the first message that holds one; else the first item's.
   */
  int lineOf(List<String> messages) {
    for (String message : messages) {
      Word best = new Word("", 0);
      for (Word word : words) {
        for (String wanted : List.of(word.text(), word.text().replaceAll("^\\w+:|\\?.*$", ""))) {
          if (wanted.length() > Math.max(3, best.text().length())
              && message.replace("//", "").contains(wanted.replace("//", ""))) {
            best = new Word(wanted, word.line());
          }
        }
      }
      if (best.line() > 0) {
        return best.line();
      }
    }
    return items.isEmpty() ? 0 : items.get(0).line();
  }

  private void readList(Node root) throws RouteRefusal {
    if (!(root instanceof SequenceNode list)) {
      throw new RouteRefusal("a route file is a list: expected '- route:'", line(root));
    }
    for (Node node : list.getValue()) {
      if (!(node instanceof MappingNode map) || map.getValue().size() != 1) {
        throw new RouteRefusal("expected one of " + ITEMS + " with a colon", line(node));
      }
      NodeTuple tuple = map.getValue().get(0);
      String kind = text(tuple.getKeyNode());
      if (!ITEMS.contains(kind)) {
        throw new RouteRefusal(
            "'" + kind + "' does not belong in a route file: expected one of " + ITEMS, line(node));
      }
      String idKey = kind.equals("templatedRoute") ? "routeId" : "id";
      items.add(new Item(kind, child(tuple.getValueNode(), idKey), line(node)));
      names(tuple.getValueNode(), "parameters");
      names(tuple.getValueNode(), "beans");
      walk(kind, tuple.getValueNode(), false);
    }
  }

  private void readKamelet(Node root) throws RouteRefusal {
    if (!"Kamelet".equals(child(root, "kind"))) {
      throw new RouteRefusal("kind: expected Kamelet", line(root));
    }
    Node metadata = node(root, "metadata");
    items.add(new Item("kamelet", metadata == null ? null : child(metadata, "name"), line(root)));
    Node spec = node(root, "spec");
    Node definition = spec == null ? null : node(spec, "definition");
    if (definition != null && node(definition, "properties") instanceof MappingNode properties) {
      properties.getValue().forEach(t -> parameters.add(text(t.getKeyNode())));
    }
    Node template = spec == null ? null : node(spec, "template");
    if (template != null) {
      names(template, "beans");
      walk("", template, false);
    }
  }

  private void names(Node node, String list) {
    if (node(node, list) instanceof SequenceNode found) {
      found.getValue().forEach(n -> parameters.add(String.valueOf(child(n, "name"))));
    }
  }

  private boolean isParameter(String placeholder) {
    return parameters.contains(placeholder.replaceAll("[{}?!\\s]|:.*", ""));
  }

  private void walk(String key, Node node, boolean options) throws RouteRefusal {
    if (key.equals("kamelet") && !options) {
      throw new RouteRefusal(
          "step 'kamelet': write 'to: kamelet:<name>', which can be reloaded", line(node));
    }
    if (node instanceof MappingNode map) {
      for (NodeTuple tuple : map.getValue()) {
        String name = text(tuple.getKeyNode());
        walk(name, tuple.getValueNode(), options || OPTIONS.contains(name));
      }
    } else if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        walk("", item, options);
      }
    } else {
      word(key, new Word(text(node), line(node)), options);
    }
  }

  private void word(String key, Word word, boolean options) {
    words.add(word);
    Matcher found = PLACEHOLDER.matcher(word.text());
    while (found.find()) {
      if (!isParameter(found.group())) {
        placeholders.add(new Word(found.group(), word.line()));
      }
    }
    if (options) {
      return;
    }
    if (URI_KEYS.contains(key)) {
      uris.add(word);
      if (word.text().startsWith("kamelet:")) {
        kamelets.add(word.text().substring(8).replaceAll("[/?].*", ""));
      }
    } else if (key.equals("routeConfigurationId")) {
      policies.add(word);
    } else if (key.equals("id") && items.stream().noneMatch(i -> word.text().equals(i.id()))) {
      stepIds.add(word);
    }
  }

  private static @Nullable Node node(Node node, String key) {
    if (node instanceof MappingNode map) {
      for (NodeTuple tuple : map.getValue()) {
        if (text(tuple.getKeyNode()).equals(key)) {
          return tuple.getValueNode();
        }
      }
    }
    return null;
  }

  private static @Nullable String child(Node node, String key) {
    return node(node, key) instanceof ScalarNode scalar ? scalar.getValue() : null;
  }

  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }
}
