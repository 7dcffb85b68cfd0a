package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata.EntryCallback;
import com.dashjoin.jsonata.Jsonata.ExitCallback;
import com.dashjoin.jsonata.Jsonata.Frame;
import com.dashjoin.jsonata.Parser.Symbol;
import org.jspecify.annotations.Nullable;

/**
 * One call of a mapping: counts what it uses and stops it at its bounds. Takes the place of the
 * library's {@code setRuntimeBounds}, which stops watching a frame after its first array of two
 * elements and then counts depth wrongly, and which never looks at sizes: a string doubled thirty
 * times needs only thirty steps. Belongs to one thread.
 */
final class Evaluation implements EntryCallback, ExitCallback {
  // The library calls functions without their frame, so they find their call by its thread.
  private static final ThreadLocal<@Nullable Evaluation> CURRENT = new ThreadLocal<>();

  private final MappingBounds bounds;
  private final Sizes sizes;
  private final TimeBound time;
  private final long startMillis = System.currentTimeMillis();
  private int depth;
  private int steps;

  Evaluation(MappingBounds bounds) {
    this.bounds = bounds;
    this.sizes = new Sizes(bounds.values());
    this.time = new TimeBound(bounds);
  }

  /** The call that runs on this thread. */
  static Evaluation current() {
    Evaluation evaluation = CURRENT.get();
    if (evaluation == null) {
      throw new IllegalStateException("no mapping runs on this thread");
    }
    return evaluation;
  }

  void begin() {
    CURRENT.set(this);
  }

  void end() {
    CURRENT.remove();
  }

  /** When the call began, epoch milliseconds: what {@code $now()} and {@code $millis()} tell. */
  long startMillis() {
    return startMillis;
  }

  /** Refuses a value that would be too large before it is made. */
  void reserve(long values) {
    if (values > bounds.values()) {
      throw sizes.tooLarge();
    }
  }

  /** Counts work done outside the interpreter's own steps, so that the clock is looked at. */
  void step() {
    if ((++steps & 15) == 0) {
      time.look();
    }
  }

  @Override
  public void callback(@Nullable Symbol expr, @Nullable Object input, Frame environment) {
    if (++depth > bounds.depth()) {
      throw new BoundsExceeded(
          "nested deeper than "
              + bounds.depth()
              + " evaluations; look for a recursion without end");
    }
    step();
  }

  @Override
  public void callback(
      @Nullable Symbol expr, @Nullable Object input, Frame environment, @Nullable Object result) {
    depth--;
    sizes.check(result);
  }

  /** Checks the size of a value that has not passed through the interpreter. */
  long measure(@Nullable Object value) {
    return sizes.check(value);
  }
}
