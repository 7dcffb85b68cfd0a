package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
import com.dashjoin.jsonata.Utils.JList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paths, their steps and filters, as the library evaluates them. Immutable. */
final class PathPlan implements PlanNode {
  private final Step[] steps;
  private final boolean fromVariable;
  private final boolean keepSingleton;

  /**
   * @param name the field, when the step is nothing but one
   * @param constructed whether it is an array written out
   */
  private record Step(
      PlanNode node, @Nullable String name, List<PlanNode> stages, boolean constructed) {}

  private PathPlan(Step[] steps, boolean fromVariable, boolean keepSingleton) {
    this.steps = steps;
    this.fromVariable = fromVariable;
    this.keepSingleton = keepSingleton;
  }

  static PlanNode of(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    List<Syntax> nodes = syntax.nodes("steps");
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Syntax node = nodes.get(i);
      if (IndexPlan.isStart(node)) {
        PlanNode rest = IndexPlan.of(nodes.subList(i, nodes.size()), compiler, scope);
        steps.add(new Step(rest, null, List.of(), false));
        break;
      }
      List<PlanNode> stages = new ArrayList<>();
      for (Syntax stage : node.nodes("stages")) {
        if (!stage.type().equals("filter")) {
          throw new Syntax.Unplannable();
        }
        stages.add(filter(stage.node("expr"), compiler, scope));
      }
      boolean name =
          node.type().equals("name") && node.get("predicate") == null && !node.is("keepArray");
      steps.add(
          new Step(
              compiler.compile(node, scope),
              name ? String.valueOf(node.get("value")) : null,
              stages,
              node.is("consarray")));
    }
    return new PathPlan(
        steps.toArray(new Step[0]),
        nodes.get(0).type().equals("variable"),
        syntax.is("keepSingletonArray"));
  }

  static PlanNode name(String name) {
    return (input, run) -> {
      if (input instanceof Map<?, ?> map) {
        return field(map, name);
      }
      if (input instanceof List<?> list) {
        run.take(list);
      }
      return Functions.lookup(input, name);
    };
  }

  // A list among the values makes an array of the sequence, as the library has it.
  static PlanNode wildcard() {
    return (input, run) -> {
      JList<@Nullable Object> found = sequence(4);
      Object of =
          input instanceof JList<?> list && list.outerWrapper && !list.isEmpty()
              ? list.get(0)
              : input;
      if (of instanceof Map<?, ?> map) {
        for (Object key : map.keySet()) {
          gather(map.get(key), found, run);
        }
      } else if (of instanceof List<?> list) {
        list.forEach(value -> gather(value, found, run));
      }
      return found;
    };
  }

  private static void gather(@Nullable Object value, JList<@Nullable Object> found, PlanRun run) {
    run.step();
    if (value instanceof List<?> list) {
      found.sequence = false;
      list.forEach(element -> gather(element, found, run));
    } else {
      found.add(value);
    }
  }

  /** One value goes from step to step as it is, until it is a list. */
  @Override
  public @Nullable Object eval(@Nullable Object input, PlanRun run) {
    if (!fromVariable && isList(input) || steps[0].constructed()) {
      return sequence(input, run);
    }
    Object value = input;
    for (int i = 0; i < steps.length; i++) {
      value = value(steps[i], value, run);
      if (value == null) {
        return null;
      }
      if (isList(value)) {
        boolean last = i == steps.length - 1;
        return sequence(flat(value, last, run), i + 1, run);
      }
    }
    return keepSingleton ? kept(sequence(value), run) : value;
  }

  private static @Nullable Object value(Step step, @Nullable Object item, PlanRun run) {
    String name = step.name();
    Object value =
        name == null
            ? step.node().eval(item, run)
            : item instanceof Map<?, ?> map
                ? PlanCompiler.settle(field(map, name), false)
                : isList(item) ? step.node().eval(item, run) : null;
    for (PlanNode stage : step.stages()) {
      value = stage.eval(value, run);
    }
    return value;
  }

  /** The value if it is a list. Most are none, and asking for a list is dear. */
  static @Nullable List<?> list(@Nullable Object value) {
    return !(value instanceof Map)
            && !(value instanceof String)
            && !(value instanceof Number)
            && value instanceof List<?> list
        ? list
        : null;
  }

  static boolean isList(@Nullable Object value) {
    return list(value) != null;
  }

  static JList<@Nullable Object> sequence(int capacity) {
    JList<@Nullable Object> sequence = new JList<>(capacity);
    sequence.sequence = true;
    return sequence;
  }

  static JList<@Nullable Object> sequence(@Nullable Object one) {
    JList<@Nullable Object> sequence = sequence(1);
    sequence.add(one);
    return sequence;
  }

  private static @Nullable Object field(Map<?, ?> map, String name) {
    Object value = map.get(name);
    return value == null && map.containsKey(name) ? Jsonata.NULL_VALUE : value;
  }

  private @Nullable Object sequence(@Nullable Object input, PlanRun run) {
    List<?> items = input instanceof List<?> list && !fromVariable ? list : sequence(input);
    if (!steps[0].constructed()) {
      return sequence(items, 0, run);
    }
    return sequence((List<?>) steps[0].node().eval(items, run), 1, run);
  }

  private @Nullable Object sequence(@Nullable List<?> items, int from, PlanRun run) {
    List<?> result = items;
    for (int i = from; i < steps.length && result != null && !result.isEmpty(); i++) {
      result = step(steps[i], result, i == steps.length - 1, run);
    }
    return keepSingleton ? kept(result, run) : result;
  }

  private static Object kept(@Nullable List<?> result, PlanRun run) {
    if (result == null) {
      throw Plan.left();
    }
    if (!(result instanceof JList)) {
      run.step(result.size());
    }
    JList<?> list = result instanceof JList<?> known ? known : new JList<Object>(result);
    if (list.cons && !list.sequence) {
      list = (JList<?>) Utils.createSequence(list);
    }
    list.keepSingleton = true;
    return list;
  }

  private static List<?> step(Step step, List<?> items, boolean last, PlanRun run) {
    if (items.size() == 1) {
      run.step();
      Object value = value(step, items.get(0), run);
      return value == null ? sequence(0) : flat(value, last, run);
    }
    List<Object> values = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      run.step();
      Object value = value(step, items.get(i), run);
      if (value != null) {
        values.add(value);
      }
    }
    if (values.size() == 1) {
      return flat(values.get(0), last, run);
    }
    List<@Nullable Object> flat = sequence(values.size());
    for (int i = 0; i < values.size(); i++) {
      add(values.get(i), flat, run);
    }
    return flat;
  }

  /** The only value of a step. */
  private static List<?> flat(Object value, boolean last, PlanRun run) {
    List<?> list = list(value);
    if (last && list != null && !Utils.isSequence(list)) {
      return list;
    }
    List<@Nullable Object> flat = sequence(1);
    add(value, flat, run);
    return flat;
  }

  private static void add(Object value, List<@Nullable Object> flat, PlanRun run) {
    List<?> list = list(value);
    if (list == null || list instanceof JList<?> array && array.cons) {
      flat.add(value);
      return;
    }
    run.step(list.size());
    flat.addAll(list);
  }

  /** A node whose value goes through a filter. */
  static PlanNode filtered(
      PlanNode node, Syntax condition, PlanCompiler compiler, PlanCompiler.Scope scope) {
    PlanNode filter = filter(condition, compiler, scope);
    return (input, run) -> filter.eval(node.eval(input, run), run);
  }

  private static PlanNode filter(
      Syntax condition, PlanCompiler compiler, PlanCompiler.Scope scope) {
    if (condition.type().equals("number")) {
      int at = ((Number) java.util.Objects.requireNonNull(condition.get("value"))).intValue();
      return (input, run) -> element(input, at);
    }
    PlanNode test = compiler.compile(condition, scope);
    return (input, run) -> {
      List<?> list = list(input);
      List<?> items = list == null ? sequence(input) : list;
      List<@Nullable Object> kept = sequence(items.size());
      for (int i = 0; i < items.size(); i++) {
        run.step();
        Object item = items.get(i);
        Object result = test.eval(item, run);
        if (result instanceof Boolean is) {
          if (is) {
            kept.add(item);
          }
        } else {
          number(result, item, i, items.size(), kept, run);
        }
      }
      return kept;
    };
  }

  private static void number(
      @Nullable Object result,
      @Nullable Object item,
      int index,
      int size,
      List<@Nullable Object> kept,
      PlanRun run) {
    run.take(result);
    Object numbers = Utils.isNumeric(result) ? Utils.createSequence(result) : result;
    if (Utils.isArrayOfNumbers(numbers)) {
      for (Object number : (List<?>) java.util.Objects.requireNonNull(numbers)) {
        int at = ((Number) number).intValue();
        if ((at < 0 ? size + at : at) == index) {
          kept.add(item);
        }
      }
    } else if (OperatorPlan.isTrue(numbers)) {
      kept.add(item);
    }
  }

  private static @Nullable Object element(@Nullable Object input, int at) {
    List<?> list = list(input);
    List<?> items = list == null ? sequence(input) : list;
    int index = at < 0 ? items.size() + at : at;
    Object item = index >= 0 && index < items.size() ? items.get(index) : null;
    if (isList(item)) {
      return item;
    }
    return item == null ? sequence(0) : sequence(item);
  }
}
