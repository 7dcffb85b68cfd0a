package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators between two values, as the library has them. */
final class OperatorPlan {
  private static final int LONGEST = 10_000;

  private OperatorPlan() {}

  static PlanNode of(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    PlanNode a = compiler.compile(syntax.node("lhs"), scope);
    PlanNode b = compiler.compile(syntax.node("rhs"), scope);
    String operator = String.valueOf(syntax.get("value"));
    return switch (operator) {
      case "and" -> (in, run) -> isTrue(a.eval(in, run)) && isTrue(b.eval(in, run));
      case "or" -> (in, run) -> isTrue(a.eval(in, run)) || isTrue(b.eval(in, run));
      case "=" -> (in, run) -> same(a.eval(in, run), b.eval(in, run), run);
      case "!=" ->
          (in, run) -> {
            Object left = a.eval(in, run);
            Object right = b.eval(in, run);
            return left != null && right != null && !same(left, right, run);
          };
      case "in" -> {
        List<Object> fixed = ConstructorPlan.literals(syntax.node("rhs"));
        yield fixed == null
            ? (in, run) -> isIn(a.eval(in, run), b.eval(in, run), run)
            : (in, run) -> isIn(a.eval(in, run), fixed, run);
      }
      case ".." -> (in, run) -> range(a.eval(in, run), b.eval(in, run), run);
      case "&" -> (in, run) -> concatenated(a.eval(in, run), b.eval(in, run), run);
      case "+", "-", "*", "/", "%" -> {
        char sign = operator.charAt(0);
        yield (in, run) -> calculated(a.eval(in, run), b.eval(in, run), sign);
      }
      case "<" -> (in, run) -> compared(a.eval(in, run), b.eval(in, run), true, false, false);
      case "<=" -> (in, run) -> compared(a.eval(in, run), b.eval(in, run), true, true, false);
      case ">" -> (in, run) -> compared(a.eval(in, run), b.eval(in, run), false, false, true);
      case ">=" -> (in, run) -> compared(a.eval(in, run), b.eval(in, run), false, true, true);
      default -> throw new Syntax.Unplannable();
    };
  }

  static boolean isTrue(@Nullable Object value) {
    return value instanceof Boolean is ? is : Jsonata.boolize(value);
  }

  private static boolean same(@Nullable Object a, @Nullable Object b, PlanRun run) {
    if (a == null || b == null) {
      return false;
    }
    if (a instanceof Number left && b instanceof Number right) {
      return Double.doubleToLongBits(left.doubleValue())
          == Double.doubleToLongBits(right.doubleValue());
    }
    run.take(a);
    return a.equals(b);
  }

  private static boolean isIn(@Nullable Object a, @Nullable Object b, PlanRun run) {
    if (!(b instanceof List<?> list)) {
      return same(a, b, run);
    }
    run.step(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (same(a, list.get(i), run)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable List<Object> range(
      @Nullable Object from, @Nullable Object to, PlanRun run) {
    if (!(from instanceof Integer first) || !(to instanceof Integer last)) {
      throw Plan.left();
    }
    if (first > last) {
      return null;
    }
    List<Object> numbers = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      run.step();
      numbers.add(i);
    }
    return numbers;
  }

  private static String concatenated(@Nullable Object a, @Nullable Object b, PlanRun run) {
    run.take(a);
    run.take(b);
    String left = a == null ? "" : a instanceof String text ? text : Functions.string(a, null);
    String right = b == null ? "" : b instanceof String text ? text : Functions.string(b, null);
    if (left.length() + right.length() > LONGEST) {
      throw Plan.left();
    }
    return left + right;
  }

  private static @Nullable Object calculated(
      @Nullable Object a, @Nullable Object b, char operator) {
    if (a != null && !Utils.isNumeric(a) || b != null && !Utils.isNumeric(b)) {
      throw Plan.left();
    }
    if (a == null || b == null) {
      return null;
    }
    double left = ((Number) a).doubleValue();
    double right = ((Number) b).doubleValue();
    double result =
        switch (operator) {
          case '+' -> left + right;
          case '-' -> left - right;
          case '*' -> left * right;
          case '/' -> left / right;
          default -> left % right;
        };
    return number(result);
  }

  /** A number in the form the library gives it; nothing for what is none. */
  static @Nullable Number number(double value) {
    if (Double.isInfinite(value)) {
      throw Plan.left();
    }
    long whole = (long) value;
    if (whole != value) {
      return Double.isNaN(value) ? null : (Number) value;
    }
    return (int) whole == whole ? (Number) (int) whole : (Number) whole;
  }

  private static @Nullable Object compared(
      @Nullable Object a, @Nullable Object b, boolean less, boolean equal, boolean more) {
    int order;
    if (a instanceof Number left && b instanceof Number right) {
      order =
          left.getClass() == right.getClass() && !(left instanceof Double)
              ? Long.compare(left.longValue(), right.longValue())
              : Double.compare(left.doubleValue(), right.doubleValue());
      if (!(left instanceof Integer || left instanceof Long || left instanceof Double)) {
        throw Plan.left();
      }
    } else if (a instanceof String left && b instanceof String right) {
      order = left.compareTo(right);
    } else if ((a == null || a instanceof String || a instanceof Number)
        && (b == null || b instanceof String || b instanceof Number)
        && (a == null || b == null)) {
      return null;
    } else {
      throw Plan.left();
    }
    return order < 0 ? less : order == 0 ? equal : more;
  }
}
