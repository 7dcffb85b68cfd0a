package io.caravanhub.core.cloud;

import java.time.Duration;

/** How the frame waits before it tries again; a test does not. */
@FunctionalInterface
public interface Pause {
  /** Returns after this time. */
  void of(Duration time) throws InterruptedException;
}
