package io.caravanhub.hub.observability;

import org.jspecify.annotations.Nullable;

/**
 * The body of a message, or what one of a batch came in, that belongs to a trace which began
 * elsewhere, or earlier.
 */
public interface Traced {
  /** The header that a traceparent travels in over the hub's own topics. */
  String HEADER = "hub-traceparent";

  /** W3C Trace Context, 3.2; null when it belongs to none. */
  @Nullable String traceparent();
}
