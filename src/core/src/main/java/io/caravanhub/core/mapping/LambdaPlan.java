package io.caravanhub.core.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the expression's own, called by its name or by a loop, never by itself. Its
 * parameters have places of their own in the run, and it sees the input of the place where it was
 * defined. As a node it is its definition.
 */
final class LambdaPlan implements PlanNode {
  private final String[] names;
  private final int[] parameters;
  private final int context;
  private final PlanNode body;

  private LambdaPlan(String[] names, int[] parameters, int context, PlanNode body) {
    this.names = names;
    this.parameters = parameters;
    this.context = context;
    this.body = body;
  }

  static LambdaPlan of(
      String name, Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope outer) {
    syntax.without("signature", "predicate", "group");
    PlanCompiler.Scope scope = new PlanCompiler.Scope(outer);
    List<Syntax> arguments = syntax.nodes("arguments");
    String[] names = new String[arguments.size()];
    int[] parameters = new int[names.length];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = compiler.newSlot();
      String parameter = String.valueOf(arguments.get(i).get("value"));
      names[i] = parameter;
      if (parameter.equals(name) || scope.names().put(parameter, parameters[i]) != null) {
        throw new Syntax.Unplannable();
      }
    }
    return new LambdaPlan(
        names, parameters, compiler.newSlot(), compiler.body(syntax.node("body"), scope));
  }

  @Override
  public @Nullable Object eval(@Nullable Object input, PlanRun run) {
    run.slots[context] = input;
    return this;
  }

  int arity() {
    return parameters.length;
  }

  /** One turn of a loop: of what it is given a function takes as much as it has parameters. */
  @Nullable Object apply(
      @Nullable Object first, @Nullable Object second, Object third, PlanRun run) {
    run.step();
    run.slots[parameters[0]] = first;
    if (parameters.length > 1) {
      run.slots[parameters[1]] = second;
    }
    if (parameters.length > 2) {
      run.slots[parameters[2]] = third;
    }
    return body.eval(run.slots[context], run);
  }

  /** A call by name. A parameter that is not given is what its name stands for outside. */
  PlanNode call(PlanNode[] arguments, PlanCompiler compiler, PlanCompiler.Scope scope) {
    if (arguments.length > parameters.length) {
      throw new Syntax.Unplannable();
    }
    for (int i = arguments.length; i < names.length; i++) {
      if (compiler.isKnown(names[i], scope)) {
        throw new Syntax.Unplannable();
      }
    }
    return (input, run) -> {
      run.step();
      @Nullable Object[] values = new Object[parameters.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            i < arguments.length ? arguments[i].eval(input, run) : run.bindings.get(names[i]);
      }
      for (int i = 0; i < values.length; i++) {
        run.slots[parameters[i]] = values[i];
      }
      return body.eval(run.slots[context], run);
    };
  }
}
