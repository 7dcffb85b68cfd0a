package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
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
      case "=" -> (in, run) -> same(a.eval(in, run), b.eval(in, run));
      case "!=" ->
          (in, run) -> {
            Object left = a.eval(in, run);
            Object right = b.eval(in, run);
            return left != null && right != null && !same(left, right);
          };
      case "in" -> (in, run) -> isIn(a.eval(in, run), b.eval(in, run));
      case "&" -> (in, run) -> concatenated(a.eval(in, run), b.eval(in, run));
      case "+", "-", "*", "/", "%" ->
          (in, run) -> calculated(a.eval(in, run), b.eval(in, run), operator.charAt(0));
      case "<", "<=", ">", ">=" ->
          (in, run) -> compared(a.eval(in, run), b.eval(in, run), operator);
      default -> throw new Syntax.Unplannable();
    };
  }

  static boolean isTrue(@Nullable Object value) {
    return value instanceof Boolean is ? is : Jsonata.boolize(value);
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return false;
    }
    Object left = a instanceof Number number ? (Object) number.doubleValue() : a;
    Object right = b instanceof Number number ? (Object) number.doubleValue() : b;
    return left.equals(right);
  }

  private static boolean isIn(@Nullable Object a, @Nullable Object b) {
    if (!(b instanceof List<?> list)) {
      return same(a, b);
    }
    for (Object element : list) {
      if (same(a, element)) {
        return true;
      }
    }
    return false;
  }

  private static String concatenated(@Nullable Object a, @Nullable Object b) {
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
    return Utils.convertNumber(result);
  }

  private static @Nullable Object compared(
      @Nullable Object a, @Nullable Object b, String operator) {
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
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }
}
