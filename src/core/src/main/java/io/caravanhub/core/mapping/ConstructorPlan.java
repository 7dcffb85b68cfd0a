package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Utils;
import com.dashjoin.jsonata.Utils.JList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Objects and arrays written out, and the minus sign, as the library has them. */
final class ConstructorPlan {
  private ConstructorPlan() {}

  static PlanNode of(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    return switch (String.valueOf(syntax.get("value"))) {
      case "{" -> object(syntax, compiler, scope);
      case "[" -> array(syntax, compiler, scope);
      case "-" -> minus(compiler.compile(syntax.node("expression"), scope));
      default -> throw new Syntax.Unplannable();
    };
  }

  private static PlanNode minus(PlanNode of) {
    return (input, run) -> {
      Object value = of.eval(input, run);
      if (value == null) {
        return null;
      }
      if (!Utils.isNumeric(value)) {
        throw Plan.left();
      }
      return OperatorPlan.number(-((Number) value).doubleValue());
    };
  }

  private static PlanNode array(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    List<Syntax> items = syntax.nodes("expressions");
    PlanNode[] nodes = new PlanNode[items.size()];
    boolean[] nested = new boolean[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = compiler.compile(items.get(i), scope);
      nested[i] = "[".equals(String.valueOf(items.get(i).get("value")));
    }
    boolean constructed = syntax.is("consarray");
    return (input, run) -> {
      run.step(nodes.length >> 4);
      JList<Object> array = new JList<>(nodes.length);
      for (int i = 0; i < nodes.length; i++) {
        Object value = nodes[i].eval(input, run);
        List<?> list = nested[i] ? null : PathPlan.list(value);
        if (list != null) {
          run.step(list.size());
          array.addAll(list);
        } else if (value != null) {
          array.add(value);
        }
      }
      array.cons = constructed;
      return array;
    };
  }

  private static PlanNode object(Syntax syntax, PlanCompiler compiler, PlanCompiler.Scope scope) {
    List<?> pairs = syntax.get("lhsObject") instanceof List<?> list ? list : List.of();
    PlanNode[] keys = new PlanNode[pairs.size()];
    PlanNode[] values = new PlanNode[keys.length];
    @Nullable String[] written = new String[keys.length];
    boolean allWritten = true;
    for (int i = 0; i < keys.length; i++) {
      Object[] pair = (Object[]) java.util.Objects.requireNonNull(pairs.get(i));
      keys[i] = compiler.compile(new Syntax(pair[0]), scope);
      values[i] = compiler.compile(new Syntax(pair[1]), scope);
      written[i] = literal(new Syntax(pair[0])) instanceof String text ? text.intern() : null;
      allWritten &= written[i] != null;
    }
    if (allWritten && new HashSet<>(Arrays.asList(written)).size() < written.length) {
      throw new Syntax.Unplannable();
    }
    PlanNode single = allWritten ? written(written, values) : named(keys, values);
    return (input, run) -> {
      List<?> list = PathPlan.list(input);
      if (list == null) {
        return single.eval(input, run);
      }
      return list.size() > 1
          ? grouped(list, keys, values, run)
          : single.eval(list.isEmpty() ? null : list.get(0), run);
    };
  }

  private static PlanNode written(@Nullable String[] names, PlanNode[] values) {
    int capacity = names.length * 4 / 3 + 1;
    return (item, run) -> {
      run.step(names.length >> 4);
      Map<Object, Object> object = new LinkedHashMap<>(capacity);
      for (int i = 0; i < names.length; i++) {
        Object value = values[i].eval(item, run);
        if (value != null) {
          object.put(names[i], value);
        }
      }
      return object;
    };
  }

  private static PlanNode named(PlanNode[] keys, PlanNode[] values) {
    return (item, run) -> {
      run.step(keys.length >> 4);
      Map<Object, Object> object = new LinkedHashMap<>(keys.length * 2);
      String[] names = new String[keys.length];
      for (int i = 0; i < keys.length; i++) {
        names[i] = name(keys[i].eval(item, run));
        for (int j = 0; j < i; j++) {
          if (names[i] != null && names[i].equals(names[j])) {
            throw Plan.left();
          }
        }
      }
      for (int i = 0; i < keys.length; i++) {
        Object value = names[i] == null ? null : values[i].eval(item, run);
        if (value != null) {
          object.put(names[i], value);
        }
      }
      return object;
    };
  }

  /** The value of a text or number written out; null when it is something else. */
  private static @Nullable Object literal(Syntax syntax) {
    return syntax.type().matches("string|number|value") && syntax.get("predicate") == null
        ? syntax.get("value")
        : null;
  }

  /** The values of an array of literals; null when it is something else. */
  static @Nullable List<Object> literals(Syntax syntax) {
    if (!isWritten(syntax, "[")) {
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (Syntax item : syntax.nodes("expressions")) {
      Object value = literal(item);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values;
  }

  /** The fields of an object of literals; null when it is something else. */
  static @Nullable Map<String, Object> literalFields(Syntax syntax) {
    if (!isWritten(syntax, "{") || !(syntax.get("lhsObject") instanceof List<?> pairs)) {
      return null;
    }
    Map<String, Object> fields = new HashMap<>();
    for (Object pair : pairs) {
      Object value = literal(new Syntax(((Object[]) pair)[1]));
      if (!(literal(new Syntax(((Object[]) pair)[0])) instanceof String name) || value == null) {
        return null;
      }
      fields.put(name, value);
    }
    return fields;
  }

  private static boolean isWritten(Syntax syntax, String bracket) {
    return syntax.type().equals("unary")
        && bracket.equals(String.valueOf(syntax.get("value")))
        && syntax.get("predicate") == null;
  }

  private static @Nullable String name(@Nullable Object key) {
    if (key != null && !(key instanceof String)) {
      throw Plan.left();
    }
    return (String) key;
  }

  /** What a field of the object is made of. */
  private record Group(int pair, @Nullable Object data) {}

  private static Object grouped(List<?> items, PlanNode[] keys, PlanNode[] values, PlanRun run) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i++) {
      for (int pair = 0; pair < keys.length; pair++) {
        run.step();
        String key = name(keys[pair].eval(items.get(i), run));
        if (key != null) {
          Group before = groups.get(key);
          if (before != null && before.pair() != pair) {
            throw Plan.left();
          }
          if (before != null && before.data() instanceof List<?> copied) {
            run.step(copied.size());
          }
          Object data =
              before == null ? items.get(i) : Functions.append(before.data(), items.get(i));
          groups.put(key, new Group(pair, data));
        }
      }
    }
    Map<Object, Object> object = new LinkedHashMap<>();
    groups.forEach(
        (key, group) -> {
          Object value = values[group.pair()].eval(group.data(), run);
          if (value != null) {
            object.put(key, value);
          }
        });
    return object;
  }
}
