package io.caravanhub.core.mapping;

import org.jspecify.annotations.Nullable;

/** A part of a {@link Plan}. Immutable and safe for any number of threads. */
@FunctionalInterface
interface PlanNode {
  /** The value, null being what JSONata calls undefined. */
  @Nullable Object eval(@Nullable Object input, PlanRun run);
}
