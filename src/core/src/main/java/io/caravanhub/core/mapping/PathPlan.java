package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
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
  private final boolean quick;

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
    boolean plain = !keepSingleton;
    for (int i = 0; i < steps.length; i++) {
      boolean field = steps[i].name() != null || i == 0 && fromVariable;
      plain &= field && steps[i].stages().isEmpty();
    }
    this.quick = plain;
  }

  static PlanNode of(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    List<Syntax> nodes = syntax.nodes("steps");
    List<Step> steps = new ArrayList<>();
    for (Syntax node : nodes) {
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
      if (input instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          run.step();
        }
      }
      return Functions.lookup(input, name);
    };
  }

  // A list among the values makes an array of the sequence, as the library has it.
  static PlanNode wildcard() {
    return (input, run) -> {
      JList<@Nullable Object> found = new JList<>();
      found.sequence = true;
      Object of =
          input instanceof JList<?> list && list.outerWrapper && !list.isEmpty()
              ? list.get(0)
              : input;
      if (of instanceof Map<?, ?> map) {
        for (Object key : map.keySet()) {
          add(map.get(key), found, run);
        }
      } else if (of instanceof List<?> list) {
        list.forEach(value -> add(value, found, run));
      }
      return found;
    };
  }

  private static void add(@Nullable Object value, JList<@Nullable Object> found, PlanRun run) {
    run.step();
    if (value instanceof List<?> list) {
      found.sequence = false;
      list.forEach(element -> add(element, found, run));
    } else {
      found.add(value);
    }
  }

  @Override
  public @Nullable Object eval(@Nullable Object input, PlanRun run) {
    if (quick) {
      Object value = fields(input, run);
      if (value != run) {
        return value;
      }
    }
    return sequence(input, run);
  }

  /** Field in field in field; the run itself when there is a list on the way. */
  private @Nullable Object fields(@Nullable Object input, PlanRun run) {
    Object value = input;
    for (int i = 0; i < steps.length; i++) {
      String name = steps[i].name();
      value = name == null ? steps[i].node().eval(value, run) : field(value, name, run);
      if (value == null) {
        return null;
      }
      if (value == run
          || value instanceof List && (i < steps.length - 1 || value instanceof JList)) {
        return run;
      }
    }
    return value;
  }

  private static @Nullable Object field(@Nullable Object value, String name, PlanRun run) {
    if (value instanceof Map<?, ?>) {
      return Functions.lookup(value, name);
    }
    return value instanceof List ? run : null;
  }

  private @Nullable Object sequence(@Nullable Object input, PlanRun run) {
    List<?> items =
        input instanceof List<?> list && !fromVariable ? list : Utils.createSequence(input);
    List<?> result = null;
    for (int i = 0; i < steps.length; i++) {
      Step step = steps[i];
      if (i == 0 && step.constructed()) {
        result = (List<?>) step.node().eval(items, run);
      } else {
        result = step(step, items, i == steps.length - 1, run);
      }
      if (result == null || result.isEmpty()) {
        break;
      }
      items = result;
    }
    return keepSingleton ? kept(result) : result;
  }

  private static Object kept(@Nullable List<?> result) {
    if (result == null) {
      throw Plan.left();
    }
    JList<?> list = result instanceof JList<?> known ? known : new JList<Object>(result);
    if (list.cons && !list.sequence) {
      list = (JList<?>) Utils.createSequence(list);
    }
    list.keepSingleton = true;
    return list;
  }

  private static List<?> step(Step step, List<?> items, boolean last, PlanRun run) {
    List<Object> values = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      run.step();
      Object value = step.node().eval(items.get(i), run);
      for (PlanNode stage : step.stages()) {
        value = stage.eval(value, run);
      }
      if (value != null) {
        values.add(value);
      }
    }
    if (last
        && values.size() == 1
        && values.get(0) instanceof List<?> one
        && !Utils.isSequence(one)) {
      return one;
    }
    List<Object> flat = Utils.createSequence();
    for (Object value : values) {
      if (!(value instanceof List<?> list) || value instanceof JList<?> array && array.cons) {
        flat.add(value);
      } else {
        for (int i = 0; i < list.size(); i++) {
          run.step();
        }
        flat.addAll(list);
      }
    }
    return flat;
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
      List<?> items = input instanceof List<?> list ? list : Utils.createSequence(input);
      List<@Nullable Object> kept = Utils.createSequence();
      for (int i = 0; i < items.size(); i++) {
        run.step();
        Object item = items.get(i);
        Object result = test.eval(item, run);
        if (result instanceof Boolean is) {
          if (is) {
            kept.add(item);
          }
        } else {
          number(result, item, i, items.size(), kept);
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
      List<@Nullable Object> kept) {
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
    List<?> items = input instanceof List<?> list ? list : Utils.createSequence(input);
    int index = at < 0 ? items.size() + at : at;
    Object item = index >= 0 && index < items.size() ? items.get(index) : null;
    if (item instanceof List) {
      return item;
    }
    return item == null ? Utils.createSequence() : Utils.createSequence(item);
  }
}
