package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils.JList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code $map}, {@code $filter} and {@code $each} with a function written out or bound to a name:
 * loops over the payload, each turn counted.
 */
final class LoopPlan {
  private LoopPlan() {}

  /** The call, or null when it is none of these or its function is of another kind. */
  static @Nullable PlanNode of(
      String name, Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    List<Syntax> arguments = syntax.nodes("arguments");
    if (!name.matches("map|filter|each") || arguments.size() != 2) {
      return null;
    }
    LambdaPlan function = function(arguments.get(1), compiler, scope);
    if (function == null || function.arity() < 1 || function.arity() > 3) {
      return null;
    }
    compiler.function(name);
    PlanNode over = compiler.compile(arguments.get(0), scope);
    boolean written = arguments.get(1).type().equals("lambda");
    return (input, run) -> {
      Object value = over.eval(input, run);
      if (value == Jsonata.NULL_VALUE) {
        throw Plan.left();
      }
      if (written) {
        function.eval(input, run);
      }
      if (name.equals("each")) {
        return each(value, function, run);
      }
      return value == null ? null : loop(value, function, name.equals("map"), run);
    };
  }

  private static @Nullable LambdaPlan function(
      Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    if (syntax.type().equals("lambda") && !syntax.is("thunk")) {
      return LambdaPlan.of("", syntax, compiler, scope);
    }
    return syntax.type().equals("variable") && syntax.get("predicate") == null
        ? scope.lambda(String.valueOf(syntax.get("value")))
        : null;
  }

  private static Object loop(Object value, LambdaPlan function, boolean map, PlanRun run) {
    List<?> known = PathPlan.list(value);
    List<?> items = known == null ? List.of(value) : known;
    JList<@Nullable Object> results = PathPlan.sequence(items.size());
    for (int i = 0; i < items.size(); i++) {
      Object item = items.get(i);
      Object result = function.apply(item, i, items, run);
      if (map && result != null) {
        results.add(result);
      } else if (!map && OperatorPlan.isTrue(result)) {
        results.add(item);
      }
    }
    return results;
  }

  private static Object each(@Nullable Object value, LambdaPlan function, PlanRun run) {
    if (!(value instanceof Map<?, ?> map)) {
      throw Plan.left();
    }
    JList<@Nullable Object> results = PathPlan.sequence(map.size());
    for (Object key : map.keySet()) {
      Object result = function.apply(map.get(key), key, map, run);
      if (result != null) {
        results.add(result);
      }
    }
    return results;
  }
}
