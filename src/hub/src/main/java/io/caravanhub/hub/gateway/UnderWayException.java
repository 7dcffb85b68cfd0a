package io.caravanhub.hub.gateway;

import java.util.concurrent.CompletableFuture;

/** A batch has records that an earlier one, not done yet, has too. */
final class UnderWayException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient CompletableFuture<?> earlier;

  UnderWayException(CompletableFuture<?> earlier) {
    super("the same records are being stored", null, false, false);
    this.earlier = earlier;
  }

  /** Completes when the earlier one is done, however that ends. */
  CompletableFuture<?> earlier() {
    return earlier;
  }
}
