package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.JFunction;
import com.dashjoin.jsonata.Utils;
import io.caravanhub.core.function.LorawanFunctions;
import io.caravanhub.core.function.NumberFunctions;
import io.caravanhub.core.function.TimeFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Calls of functions by their names. Those that mappings use most go straight; the trade functions
 * without the check of kinds, for they take anything; all others as the library calls them.
 */
final class CallPlan {
  private CallPlan() {}

  static PlanNode of(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    Syntax procedure = syntax.node("procedure");
    String name = String.valueOf(procedure.get("value"));
    if (!procedure.type().equals("variable")
        || procedure.get("predicate") != null
        || scope.find(name) != null && scope.lambda(name) == null
        || syntax.is("thunk")) {
      throw new Syntax.Unplannable();
    }
    LambdaPlan lambda = scope.lambda(name);
    PlanNode loop = lambda == null ? LoopPlan.of(name, syntax, compiler, scope) : null;
    if (loop != null) {
      return loop;
    }
    List<PlanNode> arguments = new ArrayList<>();
    for (Syntax argument : syntax.nodes("arguments")) {
      arguments.add(compiler.compile(argument, scope));
    }
    PlanNode[] all = arguments.toArray(new PlanNode[0]);
    if (lambda != null) {
      return lambda.call(all, compiler, scope);
    }
    JFunction function = compiler.function(name);
    PlanNode direct = all.length == 0 ? null : direct(name, all, syntax.nodes("arguments").get(0));
    if (direct != null) {
      return direct;
    }
    boolean anything =
        compiler.isOwn(name) && all.length > 0 && all.length <= function.getNumberOfArgs();
    return (input, run) -> {
      List<@Nullable Object> given = new ArrayList<>(all.length);
      for (PlanNode argument : all) {
        Object value = argument.eval(input, run);
        run.take(value);
        given.add(value);
      }
      return function.call(input, anything ? given : (List<?>) function.validate(given, input));
    };
  }

  private static @Nullable PlanNode direct(String name, PlanNode[] all, Syntax first) {
    PlanNode a = all[0];
    switch (name + "/" + all.length) {
      case "exists/1":
        return (input, run) -> a.eval(input, run) != null;
      case "type/1":
        return (input, run) -> Functions.type(a.eval(input, run));
      case "uplink/1":
        return (input, run) -> {
          Object message = a.eval(input, run);
          run.take(message);
          return LorawanFunctions.uplink(message);
        };
      case "epoch/1":
        return (input, run) -> TimeFunctions.epoch(a.eval(input, run), null);
      case "epoch/2":
        PlanNode unit = all[1];
        return (input, run) -> TimeFunctions.epoch(a.eval(input, run), unit.eval(input, run));
      case "lookup/2":
        Map<String, Object> fixed = ConstructorPlan.literalFields(first);
        return fixed == null ? lookup(a, all[1]) : lookup(fixed, all[1]);
      case "lowercase/1":
        return text(a, Functions::lowercase);
      case "uppercase/1":
        return text(a, Functions::uppercase);
      case "string/1":
        return (input, run) -> string(a.eval(input, run));
      case "round/1":
        return (input, run) -> rounded(a.eval(input, run), null);
      case "round/2":
        PlanNode places = all[1];
        return (input, run) -> rounded(a.eval(input, run), places.eval(input, run));
      case "count/1":
        return (input, run) -> count(a.eval(input, run));
      case "sum/1":
        return numbers(a, Functions::sum);
      case "max/1":
        return numbers(a, Functions::max);
      case "min/1":
        return numbers(a, Functions::min);
      case "average/1":
        return numbers(a, Functions::average);
      case "reading/2", "reading/3":
        return reading(a, all[1], all.length > 2 ? all[2] : (input, run) -> null);
      default:
        return null;
    }
  }

  private static PlanNode lookup(PlanNode of, PlanNode name) {
    return (input, run) -> {
      Object map = of.eval(input, run);
      Object key = name.eval(input, run);
      if (!(map instanceof Map) || !(key instanceof String text)) {
        throw Plan.left();
      }
      return tidy(Functions.lookup(map, text));
    };
  }

  private static PlanNode lookup(Map<String, Object> fixed, PlanNode name) {
    return (input, run) -> {
      Object key = name.eval(input, run);
      if (key != null && !(key instanceof String)) {
        throw Plan.left();
      }
      return key == null ? null : tidy(fixed.get(key));
    };
  }

  private static int count(@Nullable Object value) {
    List<?> list = PathPlan.list(value);
    if (value == Jsonata.NULL_VALUE) {
      throw Plan.left();
    }
    return value == null ? 0 : list == null ? 1 : list.size();
  }

  private static PlanNode numbers(PlanNode of, Function<List<Number>, @Nullable Number> function) {
    return (input, run) -> {
      Object value = of.eval(input, run);
      if (value == null) {
        return null;
      }
      run.take(value);
      List<?> list = PathPlan.list(value);
      List<Number> numbers = new ArrayList<>();
      for (Object item : list == null ? List.of(value) : list) {
        if (!(item instanceof Number number)) {
          throw Plan.left();
        }
        numbers.add(number);
      }
      return tidy(function.apply(numbers));
    };
  }

  private static PlanNode reading(PlanNode name, PlanNode value, PlanNode unit) {
    return (input, run) ->
        NumberFunctions.reading(
            name.eval(input, run), value.eval(input, run), unit.eval(input, run));
  }

  private static PlanNode text(PlanNode of, UnaryOperator<String> function) {
    return (input, run) -> {
      Object value = of.eval(input, run);
      if (value != null && !(value instanceof String)) {
        throw Plan.left();
      }
      run.take(value);
      return value == null ? null : function.apply((String) value);
    };
  }

  private static @Nullable Object string(@Nullable Object value) {
    if (value == null || value instanceof String) {
      return value;
    }
    if (value instanceof Integer) {
      return value.toString();
    }
    if (value instanceof Number || value instanceof Boolean) {
      return Functions.string(value, null);
    }
    throw Plan.left();
  }

  private static @Nullable Object rounded(@Nullable Object value, @Nullable Object places) {
    if (value == null) {
      return null;
    }
    if (value instanceof Integer && (places == null || places instanceof Integer at && at >= 0)) {
      return value;
    }
    if (value instanceof Double number && places == null && Math.abs(number) < 1L << 52) {
      return OperatorPlan.number(Math.rint(number));
    }
    if (value instanceof Number number && (places == null || places instanceof Integer)) {
      return tidy(Functions.round(number, (Number) places));
    }
    throw Plan.left();
  }

  private static @Nullable Object tidy(@Nullable Object value) {
    return value instanceof Number number ? Utils.convertNumber(number) : value;
  }
}
