package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.Frame;
import com.dashjoin.jsonata.Jsonata.JFunction;
import com.dashjoin.jsonata.Utils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Plan} of a syntax tree. Belongs to one thread. */
final class PlanCompiler {
  private static final int DEEPEST = 150;

  private final Frame library;
  private final Map<String, JFunction> own;
  private final Set<String> functions = new HashSet<>();
  private int slots;
  private int depth;
  private int inLambda;
  private int lambdas;
  private boolean guarded;

  PlanCompiler(Frame library, Map<String, JFunction> own) {
    this.library = library;
    this.own = own;
  }

  /** Variables and functions of a block and of those round it, and where they are kept. */
  record Scope(Map<String, Integer> names, Map<String, LambdaPlan> lambdas, @Nullable Scope outer) {
    Scope(@Nullable Scope outer) {
      this(new HashMap<>(), new HashMap<>(), outer);
    }

    /** Whether a name that is not this scope's own stands for something outside. */
    boolean isOuter(String name) {
      return outer != null && (outer.find(name) != null || outer.lambda(name) != null);
    }

    @Nullable Integer find(String name) {
      Integer slot = names.get(name);
      return slot != null || outer == null || lambdas.containsKey(name) ? slot : outer.find(name);
    }

    @Nullable LambdaPlan lambda(String name) {
      LambdaPlan lambda = lambdas.get(name);
      return lambda != null || outer == null || names.containsKey(name)
          ? lambda
          : outer.lambda(name);
    }
  }

  Scope scope() {
    return new Scope(null);
  }

  int newSlot() {
    return slots++;
  }

  int slots() {
    return slots;
  }

  Set<String> functions() {
    return functions;
  }

  /** The function that a name stands for where the expression does not say otherwise. */
  JFunction function(String name) {
    Object function = own.containsKey(name) ? own.get(name) : library.lookup(name);
    if (!(function instanceof JFunction known)) {
      throw new Syntax.Unplannable();
    }
    functions.add(name);
    return known;
  }

  /** Whether a name stands for something in the expression or among the functions. */
  boolean isKnown(String name, Scope scope) {
    return scope.find(name) != null
        || scope.lambda(name) != null
        || own.containsKey(name)
        || library.lookup(name) != null;
  }

  /** Whether the function is one of the trade's, after noting that a guarded one is called. */
  boolean isOwn(String name) {
    boolean isGuarded = GuardedFunctions.names().contains(name);
    guarded |= isGuarded;
    return own.containsKey(name) && !isGuarded;
  }

  boolean isGuarded() {
    return guarded;
  }

  PlanNode body(Syntax body, Scope scope) {
    inLambda++;
    lambdas++;
    PlanNode node = compile(body, scope);
    inLambda--;
    return node;
  }

  /** A node with its filters, its result brought into the form the library gives it. */
  PlanNode compile(Syntax syntax, Scope scope) {
    syntax.without("index", "tuple");
    return compileIndexed(syntax, scope);
  }

  /** The same, where whoever asks for it knows what to do about the place of elements. */
  PlanNode compileIndexed(Syntax syntax, Scope scope) {
    if (++depth > DEEPEST) {
      throw new Syntax.Unplannable();
    }
    String type = syntax.type();
    syntax.without("group", "focus", "ancestor", "nextFunction");
    PlanNode node = bare(syntax, type, scope);
    boolean sequence =
        !type.matches("string|number|value|binary|unary|condition|block|regex|lambda");
    for (Syntax filter : syntax.nodes("predicate")) {
      node = PathPlan.filtered(node, filter.node("expr"), this, scope);
      sequence = true;
    }
    depth--;
    boolean keep = syntax.is("keepArray");
    return sequence || keep ? settled(node, keep) : node;
  }

  private PlanNode bare(Syntax syntax, String type, Scope scope) {
    return switch (type) {
      case "path" -> PathPlan.of(syntax, this, scope);
      case "binary" -> OperatorPlan.of(syntax, this, scope);
      case "unary" -> ConstructorPlan.of(syntax, this, scope);
      case "name" -> PathPlan.name(String.valueOf(syntax.get("value")));
      case "string", "number", "value" -> literal(syntax);
      case "regex" -> constant(syntax.get("value"));
      case "wildcard" -> PathPlan.wildcard();
      case "condition" -> condition(syntax, scope);
      case "block" -> block(syntax, scope);
      case "variable" -> variable(String.valueOf(syntax.get("value")), scope);
      case "function" -> CallPlan.of(syntax, this, scope);
      case "lambda" -> thunk(syntax, scope);
      default -> throw new Syntax.Unplannable();
    };
  }

  // The call at the end of a function, put off: here it is made at once. The library hands out its
  // result as it is, so a loop's list of one stays one.
  private PlanNode thunk(Syntax syntax, Scope scope) {
    Syntax call = syntax.node("body");
    call.without("group", "focus", "index", "ancestor", "tuple", "nextFunction", "predicate");
    if (!syntax.is("thunk") || !call.type().equals("function")) {
      throw new Syntax.Unplannable();
    }
    return CallPlan.of(call, this, scope);
  }

  private static PlanNode literal(Syntax syntax) {
    Object value = syntax.get("value");
    return constant(value == null ? Jsonata.NULL_VALUE : value);
  }

  static PlanNode constant(@Nullable Object value) {
    return (input, run) -> value;
  }

  private PlanNode condition(Syntax syntax, Scope scope) {
    PlanNode condition = compile(syntax.node("condition"), scope);
    PlanNode then = compile(syntax.node("then"), scope);
    Syntax otherwise = syntax.optional("_else");
    PlanNode not = otherwise == null ? constant(null) : compile(otherwise, scope);
    return (input, run) ->
        OperatorPlan.isTrue(condition.eval(input, run))
            ? then.eval(input, run)
            : not.eval(input, run);
  }

  private PlanNode block(Syntax syntax, Scope outer) {
    Scope scope = new Scope(outer);
    int before = lambdas;
    List<PlanNode> steps = new ArrayList<>();
    for (Syntax expression : syntax.nodes("expressions")) {
      steps.add(
          expression.type().equals("bind")
              ? bind(expression, scope, before)
              : compile(expression, scope));
    }
    PlanNode[] all = steps.toArray(new PlanNode[0]);
    return (input, run) -> {
      Object result = null;
      for (PlanNode step : all) {
        result = step.eval(input, run);
      }
      return result;
    };
  }

  private PlanNode bind(Syntax syntax, Scope scope, int lambdasBefore) {
    syntax.without("predicate", "group", "focus", "index");
    String name = String.valueOf(syntax.node("lhs").get("value"));
    Syntax of = syntax.node("rhs");
    if (functions.contains(name)) {
      throw new Syntax.Unplannable();
    }
    if (of.type().equals("lambda") && !of.is("thunk")) {
      if (scope.lambda(name) != null || scope.find(name) != null) {
        throw new Syntax.Unplannable();
      }
      LambdaPlan lambda = LambdaPlan.of(name, of, this, scope);
      scope.lambdas().put(name, lambda);
      return lambda;
    }
    if (scope.lambdas().containsKey(name)) {
      throw new Syntax.Unplannable();
    }
    PlanNode value = compile(of, scope);
    Integer known = scope.names().get(name);
    if (known == null && lambdas > lambdasBefore && scope.isOuter(name)) {
      // A function of this block that was compiled with the outer one sees this one when called.
      throw new Syntax.Unplannable();
    }
    int slot = known == null ? newSlot() : known;
    scope.names().put(name, slot);
    return (input, run) -> {
      Object bound = value.eval(input, run);
      run.slots[slot] = bound;
      return bound;
    };
  }

  private PlanNode variable(String name, Scope scope) {
    if (name.isEmpty()) {
      return (input, run) ->
          input instanceof Utils.JList<?> list && list.outerWrapper ? list.get(0) : input;
    }
    if (name.equals("$")) {
      return (input, run) -> run.root;
    }
    if (scope.lambda(name) != null) {
      throw new Syntax.Unplannable();
    }
    Integer slot = scope.find(name);
    if (slot != null) {
      int at = slot;
      return (input, run) -> run.slots[at];
    }
    if (own.containsKey(name) || library.lookup(name) != null) {
      throw new Syntax.Unplannable();
    }
    if (inLambda > 0) {
      // It may be given a value after the function is defined and before it is called.
      throw new Syntax.Unplannable();
    }
    return (input, run) -> run.bindings.get(name);
  }

  /** A sequence of one is its element and one of none is nothing, unless it is to stay. */
  private static PlanNode settled(PlanNode node, boolean keep) {
    return (input, run) -> settle(node.eval(input, run), keep);
  }

  static @Nullable Object settle(@Nullable Object result, boolean keep) {
    if (result instanceof Utils.JList<?> list && list.sequence && !list.tupleStream) {
      if (keep) {
        list.keepSingleton = true;
      }
      int size = list.size();
      return size == 0 ? null : size == 1 && !list.keepSingleton ? list.get(0) : list;
    }
    return result;
  }
}
