package io.caravanhub.hub.observability;

import org.jspecify.annotations.Nullable;

/** The body of a message that belongs to a trace which began elsewhere, or earlier. */
public interface Traced {
  /** W3C Trace Context, 3.2; null when it belongs to none. */
  @Nullable String traceparent();
}
