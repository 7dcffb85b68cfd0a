package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Utils.JList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path from a step that names the place of its elements ({@code phases#$i.(...)}) onwards: each
 * element goes to the end by itself, with the places it came by. Immutable.
 */
final class IndexPlan implements PlanNode {
  private static final int NONE = -1;

  private final PlanNode[] steps;
  private final int[] slots;

  private IndexPlan(PlanNode[] steps, int[] slots) {
    this.steps = steps;
    this.slots = slots;
  }

  /** Whether this step names the place of its elements. */
  static boolean isStart(Syntax step) {
    return step.get("index") != null;
  }

  static IndexPlan of(List<Syntax> nodes, PlanCompiler compiler, PlanCompiler.Scope outer) {
    PlanCompiler.Scope scope = new PlanCompiler.Scope(outer);
    List<PlanNode> steps = new ArrayList<>();
    int[] slots = new int[nodes.size()];
    for (Syntax node : nodes) {
      if (!node.nodes("stages").isEmpty() || node.is("consarray")) {
        throw new Syntax.Unplannable();
      }
      slots[steps.size()] = NONE;
      PlanNode step = compiler.compileIndexed(node, scope);
      if (isStart(node)) {
        slots[steps.size()] = compiler.newSlot();
        scope.names().put(String.valueOf(node.get("index")), slots[steps.size()]);
      }
      steps.add(step);
    }
    return new IndexPlan(steps.toArray(new PlanNode[0]), slots);
  }

  @Override
  public Object eval(@Nullable Object input, PlanRun run) {
    JList<@Nullable Object> found = PathPlan.sequence(4);
    walk(0, input, found, run);
    return found;
  }

  private void walk(int at, @Nullable Object item, JList<@Nullable Object> found, PlanRun run) {
    run.step();
    if (at == steps.length) {
      found.add(item);
      return;
    }
    Object value = steps[at].eval(item, run);
    if (value == null) {
      return;
    }
    List<?> known = PathPlan.list(value);
    List<?> items = known == null ? PathPlan.sequence(value) : known;
    for (int i = 0; i < items.size(); i++) {
      if (slots[at] != NONE) {
        run.slots[slots[at]] = i;
      }
      walk(at + 1, items.get(i), found, run);
    }
  }
}
