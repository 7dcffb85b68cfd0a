package io.caravanhub.hub.api;

import java.util.List;

/** Nothing of a request could be used. */
public final class AllRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<Rejected> rejected;

  /** Takes every message of the request with its reason; never empty. */
  public AllRejectedException(List<Rejected> rejected) {
    super(rejected.get(0).field() + ": " + rejected.get(0).reason());
    this.rejected = List.copyOf(rejected);
  }

  /** Every message of the request with its reason; never empty. */
  public List<Rejected> rejected() {
    return rejected;
  }
}
