package io.caravanhub.core.mapping;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of a {@link Plan}. Belongs to one thread. */
final class PlanRun {
  private static final int MOST_STEPS = 20_000;
  private static final int STEPS_A_LOOK = 64;

  final @Nullable Object root;
  final Map<String, ? extends Object> bindings;
  final @Nullable Object[] slots;
  private final MappingBounds bounds;
  private @Nullable TimeBound time;
  private long steps;
  private long nextLook = STEPS_A_LOOK;

  PlanRun(
      @Nullable Object root,
      Map<String, ? extends Object> bindings,
      int slots,
      MappingBounds bounds) {
    this.root = root;
    this.bindings = bindings;
    this.slots = new Object[slots];
    this.bounds = bounds;
  }

  /** Counts an element looked at: what has too many is left to the library and its bounds. */
  void step() {
    step(1);
  }

  /** Counts that many elements before they are looked at or copied. */
  void step(int elements) {
    steps += elements;
    if (steps >= nextLook) {
      look();
    }
  }

  /** Counts the characters of a text before they are looked at or copied. */
  void read(String text) {
    step(text.length() >> 4);
  }

  /** Counts what a function is given and may go through. */
  void take(@Nullable Object argument) {
    if (argument instanceof String text) {
      read(text);
    } else if (argument instanceof Map<?, ?> map) {
      step(map.size());
      look();
    } else {
      List<?> list = PathPlan.list(argument);
      if (list != null) {
        step(list.size());
        look();
      }
    }
  }

  /** Looks at the clock; what is in the parts of a value given to a function is not counted. */
  private void look() {
    if (steps > MOST_STEPS) {
      throw LeftToLibrary.INSTANCE;
    }
    nextLook = steps + STEPS_A_LOOK;
    if (time == null) {
      time = new TimeBound(bounds);
    } else {
      time.look();
    }
  }

  /** Something that only the library does, an error among them. */
  static final class LeftToLibrary extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final LeftToLibrary INSTANCE = new LeftToLibrary();

    private LeftToLibrary() {
      super(null, null, false, false);
    }
  }
}
