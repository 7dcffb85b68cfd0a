package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.Frame;
import com.dashjoin.jsonata.Jsonata.JFunction;
import io.caravanhub.core.field.FieldTable;
import io.caravanhub.core.field.FieldTableException;
import io.caravanhub.core.function.TradeFunctions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A compiled mapping. Immutable and safe for any number of threads: each call has a frame of its
 * own, and with it its own {@code $$}, bindings and bounds.
 */
public final class Mapping {
  private static final int LONGEST_EXPRESSION = 256 * 1024;

  private final MappingSource source;
  private final @Nullable FieldTable table;
  private final @Nullable Jsonata expression;
  private final Map<String, JFunction> functions;
  private final @Nullable Plan plan;

  private Mapping(MappingSource source, @Nullable FieldTable table, @Nullable Jsonata expression) {
    this.source = source;
    this.table = table;
    this.expression = expression;
    Map<String, JFunction> functions = new HashMap<>(TradeFunctions.in(source.content()));
    functions.putAll(GuardedFunctions.in(source.content()));
    this.functions = Map.copyOf(functions);
    this.plan = expression == null ? null : Plan.of(expression, this.functions);
  }

  /**
   * Compiles a mapping.
   *
   * @throws MappingException when it is no JSONata or no field table, or holds what a mapping may
   *     not use; line and column are in its message
   */
  public static Mapping compile(MappingSource source) {
    if (source.content().length() > LONGEST_EXPRESSION) {
      throw new MappingException(
          source.name(), "longer than " + LONGEST_EXPRESSION + " characters");
    }
    FieldTable table = table(source);
    if (source.content().isBlank()) {
      if (table == null) {
        throw new MappingException(source.name(), "is empty");
      }
      return new Mapping(source, table, null);
    }
    ExpressionCheck.check(source.name(), source.content());
    return new Mapping(source, table, parse(source));
  }

  private static @Nullable FieldTable table(MappingSource source) {
    if (source.fields() == null) {
      return null;
    }
    try {
      return FieldTable.read(source.fields());
    } catch (FieldTableException e) {
      throw new MappingException(source.name(), e);
    }
  }

  // The library makes an instance the evaluator of the thread that compiled it, and an evaluator
  // keeps its frame of the moment in the instance, where other threads' calls would find it. So the
  // compiling thread is one that never evaluates.
  private static Jsonata parse(MappingSource source) {
    CompletableFuture<Jsonata> parsed = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            Jsonata jsonata = Jsonata.jsonata(source.content());
            jsonata.setValidateInput(false);
            parsed.complete(jsonata);
          } catch (RuntimeException | StackOverflowError e) {
            parsed.completeExceptionally(e);
          }
        };
    new Thread(task, "mapping-compiler").start();
    try {
      return parsed.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failure(source, cause);
    }
  }

  /** What this was compiled from. */
  public MappingSource source() {
    return source;
  }

  /**
   * Applies the mapping.
   *
   * @param input the payload as plain maps, lists and scalars; not changed
   * @param bindings variables, without their dollar sign; an expression beside a table sees what
   *     the table found as {@code $fields}
   * @return a map or a list
   * @throws MappingException when it fails, passes its bounds, or yields anything else, no metric
   *     or one twice
   */
  public Object apply(
      @Nullable Object input, Map<String, ? extends Object> bindings, MappingBounds bounds) {
    return require(yielded(input, bindings, bounds), input);
  }

  /**
   * What the mapping yields, whatever it is: the first half of {@link #apply}, for those who want
   * to look at it.
   *
   * @throws MappingException when it fails or passes its bounds
   */
  public @Nullable Object yielded(
      @Nullable Object input, Map<String, ? extends Object> bindings, MappingBounds bounds) {
    if (table == null) {
      return evaluate(input, bindings, bounds);
    }
    try {
      Map<String, Object> listed = table.apply(input);
      if (expression == null) {
        return listed;
      }
      Map<String, Object> known = new HashMap<>(bindings);
      known.put("fields", Objects.requireNonNull(listed.get("measurements")));
      return MappingResult.joined(listed, evaluate(input, known, bounds));
    } catch (IllegalArgumentException | StackOverflowError e) {
      throw failure(source, e);
    }
  }

  /**
   * The second half of {@link #apply}: what was yielded, if it can be used.
   *
   * @throws MappingException naming the field
   */
  public Object require(@Nullable Object yielded, @Nullable Object input) {
    try {
      Object result = MappingResult.require(yielded);
      MappingOutcome.check(result, input);
      return result;
    } catch (MappingOutcome.OutcomeException e) {
      throw new MappingException(source.name(), e.field(), String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException | StackOverflowError e) {
      throw failure(source, e);
    }
  }

  /** Whether the expression is one that a {@link Plan} can do. */
  boolean isPlanned() {
    return plan != null;
  }

  @Nullable Object evaluate(
      @Nullable Object input, Map<String, ? extends Object> bindings, MappingBounds bounds) {
    Object planned;
    try {
      planned = plan == null ? Plan.LEFT : plan.run(input, bindings, bounds);
    } catch (BoundsExceeded e) {
      throw failure(source, e);
    }
    return planned == Plan.LEFT ? byLibrary(input, bindings, bounds) : planned;
  }

  @Nullable Object byLibrary(
      @Nullable Object input, Map<String, ? extends Object> bindings, MappingBounds bounds) {
    Jsonata jsonata = Objects.requireNonNull(expression);
    Evaluation evaluation = new Evaluation(bounds);
    evaluation.begin();
    try {
      Frame frame = jsonata.createFrame();
      functions.forEach((name, function) -> frame.bind(name, (Object) function));
      bindings.forEach((name, value) -> frame.bind(name, (Object) value));
      frame.setEvaluateEntryCallback(evaluation);
      frame.setEvaluateExitCallback(evaluation);
      evaluation.measure(input);
      Object result = jsonata.evaluate(input, frame);
      evaluation.measure(result);
      return result;
    } catch (RuntimeException | StackOverflowError e) {
      throw failure(source, e);
    } finally {
      evaluation.end();
    }
  }

  private static MappingException failure(MappingSource source, Throwable cause) {
    if (cause instanceof MappingException known) {
      return known;
    }
    if (cause instanceof JException jsonata) {
      return new MappingException(
          source.name(), source.content(), jsonata.getLocation(), text(jsonata), jsonata);
    }
    if (cause instanceof StackOverflowError) {
      return new MappingException(source.name(), "nested too deep");
    }
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new MappingException(source.name(), null, -1, reason, cause);
  }

  private static String text(JException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceFirst("^JSonataException ", "");
  }
}
