package io.caravanhub.sim.fsm;

import java.io.Serial;

/** A request that cannot be served; becomes an answer as RFC 9457 describes it. */
final class Problem extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;

  Problem(int status, String title, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }
}
