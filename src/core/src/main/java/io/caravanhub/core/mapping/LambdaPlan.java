package io.caravanhub.core.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the expression's own, bound to a name and called by it, never by itself. Its
 * parameters have places of their own in the run, and it sees the input of the place where it was
 * defined. As a node it is its definition.
 */
final class LambdaPlan implements PlanNode {
  private final int[] parameters;
  private final int context;
  private final PlanNode body;

  private LambdaPlan(int[] parameters, int context, PlanNode body) {
    this.parameters = parameters;
    this.context = context;
    this.body = body;
  }

  static LambdaPlan of(
      String name, Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope outer) {
    syntax.without("signature", "predicate", "group");
    PlanCompiler.Scope scope = new PlanCompiler.Scope(outer);
    List<Syntax> arguments = syntax.nodes("arguments");
    int[] parameters = new int[arguments.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = compiler.newSlot();
      String parameter = String.valueOf(arguments.get(i).get("value"));
      if (parameter.equals(name) || scope.names().put(parameter, parameters[i]) != null) {
        throw new Syntax.Unplannable();
      }
    }
    return new LambdaPlan(
        parameters, compiler.newSlot(), compiler.body(syntax.node("body"), scope));
  }

  @Override
  public @Nullable Object eval(@Nullable Object input, PlanRun run) {
    run.slots[context] = input;
    return this;
  }

  PlanNode call(PlanNode[] arguments) {
    if (arguments.length != parameters.length) {
      throw new Syntax.Unplannable();
    }
    return (input, run) -> {
      run.step();
      @Nullable Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = arguments[i].eval(input, run);
      }
      for (int i = 0; i < values.length; i++) {
        run.slots[parameters[i]] = values[i];
      }
      return body.eval(run.slots[context], run);
    };
  }
}
