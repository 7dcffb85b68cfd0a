package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.Frame;
import com.dashjoin.jsonata.Jsonata.JFunction;
import com.dashjoin.jsonata.Utils;
import io.caravanhub.core.mapping.PlanRun.LeftToLibrary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression as calls of our own, for what most mappings are made of: paths, filters, objects,
 * arrays, operators, conditions, variables, functions by name. It does what the library does,
 * without its frames, look-ups and callbacks at each node. Whatever is out of the ordinary while it
 * runs (an error, thousands of elements, a large result) is thrown away and done by the library,
 * under bounds and with the library's message; a plan has no effects, so nobody notices. Its
 * functions do not call themselves, its turns and what they copy are counted and timed, so it ends.
 * Immutable and safe for any number of threads.
 */
final class Plan {
  /** What {@link #run} gives when the library has to do it. */
  static final Object LEFT = new Object();

  private final PlanNode root;
  private final int slots;
  private final Set<String> functions;
  private final boolean guarded;

  private Plan(PlanNode root, int slots, Set<String> functions, boolean guarded) {
    this.root = root;
    this.slots = slots;
    this.functions = functions;
    this.guarded = guarded;
  }

  /** The plan of an expression, or null when it is one for the library. */
  static @Nullable Plan of(Jsonata expression, Map<String, JFunction> own) {
    Syntax syntax = Syntax.of(expression);
    Frame library = Syntax.functions(expression);
    if (syntax == null || library == null) {
      return null;
    }
    try {
      PlanCompiler compiler = new PlanCompiler(library, own);
      PlanNode root = compiler.compile(syntax, compiler.scope());
      return new Plan(
          root, compiler.slots(), Set.copyOf(compiler.functions()), compiler.isGuarded());
    } catch (Syntax.Unplannable e) {
      return null;
    }
  }

  /**
   * The result as the library would give it, or {@link #LEFT}.
   *
   * @throws BoundsExceeded when it passes its bounds, as it would in the library
   */
  @Nullable Object run(
      @Nullable Object input, Map<String, ? extends Object> bindings, MappingBounds bounds) {
    if (bounds.values() < PlanResult.MOST_CHARACTERS
        || !functions.isEmpty() && overrides(bindings)) {
      return LEFT;
    }
    Evaluation evaluation = guarded ? new Evaluation(bounds) : null;
    if (evaluation != null) {
      evaluation.begin();
    }
    try {
      Object context = input;
      if (input instanceof List<?> && !Utils.isSequence(input)) {
        Utils.JList<Object> wrapper = new Utils.JList<>();
        wrapper.sequence = true;
        wrapper.outerWrapper = true;
        wrapper.add(input);
        context = wrapper;
      }
      return PlanResult.of(root.eval(context, new PlanRun(input, bindings, slots, bounds)));
    } catch (BoundsExceeded e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      return LEFT;
    } finally {
      if (evaluation != null) {
        evaluation.end();
      }
    }
  }

  private boolean overrides(Map<String, ? extends Object> bindings) {
    for (String name : bindings.keySet()) {
      if (functions.contains(name)) {
        return true;
      }
    }
    return false;
  }

  static RuntimeException left() {
    return LeftToLibrary.INSTANCE;
  }
}
