package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.Frame;
import com.dashjoin.jsonata.Parser;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of an expression's syntax tree. The library has parsed and arranged it, and keeps its
 * fields to itself: they are read by reflection, once when a mapping is compiled. A library that
 * has other fields makes every expression one for the library. Immutable.
 *
 * @param symbol the library's node
 */
record Syntax(Object symbol) {
  private static final List<String> NAMES =
      List.of(
          "type",
          "value",
          "group",
          "focus",
          "index",
          "ancestor",
          "tuple",
          "nextFunction",
          "predicate",
          "keepArray",
          "keepSingletonArray",
          "consarray",
          "thunk",
          "expr",
          "steps",
          "stages",
          "lhs",
          "rhs",
          "lhsObject",
          "expression",
          "expressions",
          "condition",
          "then",
          "_else",
          "procedure",
          "arguments",
          "body",
          "signature");
  private static final Map<String, Field> FIELDS = fields();

  /** The tree of a compiled expression; null when the library does not have it where it had. */
  static @Nullable Syntax of(Jsonata expression) {
    Object root = part(expression, "ast");
    return root == null ? null : new Syntax(root);
  }

  /** The library's own functions; null when it does not have them where it had. */
  static @Nullable Frame functions(Jsonata expression) {
    return part(expression, "environment") instanceof Frame frame ? frame : null;
  }

  private static @Nullable Object part(Jsonata expression, String name) {
    try {
      Field field = Jsonata.class.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(expression);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  String type() {
    return String.valueOf(get("type"));
  }

  @Nullable Object get(String name) {
    Field field = FIELDS.get(name);
    if (field == null) {
      throw new Unplannable();
    }
    try {
      return field.get(symbol);
    } catch (IllegalAccessException e) {
      throw new Unplannable();
    }
  }

  private static Map<String, Field> fields() {
    Map<String, Field> fields = new HashMap<>();
    for (String name : NAMES) {
      try {
        Field field = Parser.Symbol.class.getDeclaredField(name);
        field.setAccessible(true);
        fields.put(name, field);
      } catch (ReflectiveOperationException | RuntimeException e) {
        return Map.of();
      }
    }
    return Map.copyOf(fields);
  }

  boolean is(String flag) {
    return Boolean.TRUE.equals(get(flag));
  }

  Syntax node(String name) {
    Object node = get(name);
    if (node == null) {
      throw new Unplannable();
    }
    return new Syntax(node);
  }

  @Nullable Syntax optional(String name) {
    Object node = get(name);
    return node == null ? null : new Syntax(node);
  }

  /** The nodes of a list; none when there is no list. */
  List<Syntax> nodes(String name) {
    return get(name) instanceof List<?> list ? list.stream().map(Syntax::new).toList() : List.of();
  }

  /** Leaves an expression that has any of these to the library. */
  void without(String... names) {
    for (String name : names) {
      if (get(name) != null) {
        throw new Unplannable();
      }
    }
  }

  /** The expression is one for the library. */
  static final class Unplannable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unplannable() {
      super(null, null, false, false);
    }
  }
}
