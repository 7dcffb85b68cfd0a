package io.caravanhub.core.mapping;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of a {@link Plan}. Belongs to one thread. */
final class PlanRun {
  private static final int MOST_STEPS = 20_000;

  final @Nullable Object root;
  final Map<String, ? extends Object> bindings;
  final @Nullable Object[] slots;
  private int steps;

  PlanRun(@Nullable Object root, Map<String, ? extends Object> bindings, int slots) {
    this.root = root;
    this.bindings = bindings;
    this.slots = new Object[slots];
  }

  /** Counts an element looked at: what has too many is left to the library and its bounds. */
  void step() {
    if (++steps > MOST_STEPS) {
      throw LeftToLibrary.INSTANCE;
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
