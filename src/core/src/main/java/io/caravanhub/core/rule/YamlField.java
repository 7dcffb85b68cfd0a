package io.caravanhub.core.rule;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A place in a YAML text that remembers its path and line, so that every complaint names both. */
public final class YamlField {
  private final String path;
  private final Node node;

  private YamlField(String path, Node node) {
    this.path = path;
    this.node = node;
  }

  /** Parses the text; JSON is taken too. */
  public static YamlField parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(1_000_000);
    try {
      Node root = new Yaml(new SafeConstructor(options)).compose(new java.io.StringReader(text));
      if (root == null) {
        throw new RuleException("", 1, "the file is empty");
      }
      return new YamlField("", root);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new RuleException("", line, "not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new RuleException("", 1, "not YAML: " + e.getMessage());
    }
  }

  /** What is wrong here, with path and line. */
  public RuleException wrong(String problem) {
    return new RuleException(path, node.getStartMark().getLine() + 1, problem);
  }

  /** The fields of a map whose names are the writer's. */
  public Map<String, YamlField> named() {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong("expected fields, got " + shown());
    }
    Set<String> names = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        names.add(key.getValue());
      }
    }
    return map(names);
  }

  /** The fields of a map; a name outside {@code known} or a repeated one is refused. */
  public Map<String, YamlField> map(Set<String> known) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong("expected fields, got " + shown());
    }
    Map<String, YamlField> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
      YamlField field =
          new YamlField(path.isEmpty() ? name : path + "." + name, tuple.getValueNode());
      if (!known.contains(name)) {
        throw new RuleException(
            field.path,
            tuple.getKeyNode().getStartMark().getLine() + 1,
            "no such field; known here: " + String.join(", ", known.stream().sorted().toList()));
      }
      if (fields.put(name, field) != null) {
        throw field.wrong("given twice");
      }
    }
    return fields;
  }

  /** The field of that name, which must be there. */
  public YamlField require(Map<String, YamlField> fields, String name) {
    YamlField field = fields.get(name);
    if (field == null) {
      throw new RuleException(
          path.isEmpty() ? name : path + "." + name,
          node.getStartMark().getLine() + 1,
          "is missing");
    }
    return field;
  }

  /** The path of a field within. */
  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  int line() {
    return node.getStartMark().getLine() + 1;
  }

  /** Whether it has fields. */
  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** Whether it is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Whether it is a number. */
  public boolean isNumber() {
    return node instanceof ScalarNode scalar
        && scalar.getValue().matches("[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
  }

  /** The same as plain maps, lists, texts, numbers and flags. */
  public Object plain() {
    if (node instanceof MappingNode mapping) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key) {
          map.put(key.getValue(), new YamlField(path, tuple.getValueNode()).plain());
        }
      }
      return map;
    }
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue().stream().map(item -> new YamlField(path, item).plain()).toList();
    }
    ScalarNode scalar = (ScalarNode) node;
    boolean bare = scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
    if (bare && isNumber()) {
      return new java.math.BigDecimal(scalar.getValue());
    }
    return bare && (scalar.getValue().equals("true") || scalar.getValue().equals("false"))
        ? (Object) Boolean.valueOf(scalar.getValue())
        : scalar.getValue();
  }

  /** The items of a list. */
  public List<YamlField> list() {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong("expected a list, got " + shown());
    }
    List<YamlField> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(new YamlField(path + "[" + items.size() + "]", item));
    }
    return items;
  }

  /** A text that is not blank. */
  public String text() {
    if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
      throw wrong("expected a text, got " + shown());
    }
    return scalar.getValue().strip();
  }

  /** A finite number. */
  public double number() {
    try {
      double number = Double.parseDouble(text());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, together with NaN and infinity
    }
    throw wrong("expected a number, got " + shown());
  }

  /** A whole number within bounds. */
  public int wholeNumber(int min, int max) {
    double number = number();
    if (number != Math.rint(number) || number < min || number > max) {
      throw wrong("expected a whole number from " + min + " to " + max + ", got " + shown());
    }
    return (int) number;
  }

  /** True or false. */
  public boolean flag() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong("expected true or false, got " + shown());
    };
  }

  /** An ISO 8601 duration longer than nothing. */
  public Duration duration() {
    try {
      Duration duration = Duration.parse(text());
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // told below, together with zero and negative ones
    }
    throw wrong("expected a duration such as PT30S or PT4H, got " + shown());
  }

  /** A constant by its name in small letters. */
  public <E extends Enum<E>> E oneOf(Class<E> type) {
    Set<String> labels = new HashSet<>();
    for (E constant : type.getEnumConstants()) {
      String label = constant.name().toLowerCase(Locale.ROOT);
      if (label.equals(text())) {
        return constant;
      }
      labels.add(label);
    }
    throw wrong(
        "expected one of "
            + String.join(", ", labels.stream().sorted().toList())
            + ", got "
            + shown());
  }

  private String shown() {
    return node instanceof ScalarNode scalar
        ? '"' + scalar.getValue() + '"'
        : node instanceof SequenceNode ? "a list" : "fields";
  }
}
