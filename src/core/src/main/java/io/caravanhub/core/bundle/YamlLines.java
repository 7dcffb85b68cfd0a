package io.caravanhub.core.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;
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

/** Finds the line of a field in a YAML text by its path, such as {@code points[2].unit}. */
final class YamlLines {
  private static final Pattern STEP = Pattern.compile("\\[(\\d+)]|([^.\\[\\]]+)");

  private static final Pattern TOLD = Pattern.compile("\\bline (\\d{1,9}), column");

  private YamlLines() {}

  /** The line at which a text stops being YAML, counted from 1; 0 when nobody knows. */
  static int of(JsonProcessingException e) {
    int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    // The location is where the block began; the message tells last where it went wrong.
    Matcher told = TOLD.matcher(String.valueOf(e.getOriginalMessage()));
    while (told.find()) {
      line = Integer.parseInt(told.group(1));
    }
    return Math.max(0, line);
  }

  /** The line, counted from 1, of the field or of the nearest one above it that is there. */
  static int of(String text, String path) {
    Optional<Node> root;
    try {
      root = new Compose(LoadSettings.builder().build()).composeString(text);
    } catch (YamlEngineException e) {
      return 0;
    }
    if (root.isEmpty()) {
      return 0;
    }
    Node node = root.get();
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      Node next =
          step.group(1) == null
              ? child(node, step.group(2))
              : item(node, Integer.parseInt(step.group(1)));
      if (next == null) {
        break;
      }
      node = next;
    }
    return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }

  private static @Nullable Node child(Node node, String name) {
    if (node instanceof MappingNode map) {
      for (NodeTuple field : map.getValue()) {
        if (field.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
          return field.getValueNode();
        }
      }
    }
    return null;
  }

  private static @Nullable Node item(Node node, int index) {
    return node instanceof SequenceNode list && index < list.getValue().size()
        ? list.getValue().get(index)
        : null;
  }
}
