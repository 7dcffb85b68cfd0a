package io.caravanhub.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How long a simulator lives: until its standard input ends, because whoever started it is gone, or
 * until it is asked to terminate. Closing it lets the process go once everything is tidied up.
 */
final class Lifetime implements AutoCloseable {
  private static final long TIDY_UP_SECONDS = 5;

  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch tidy = new CountDownLatch(1);

  /** A lifetime bound to an input and to the process's termination signals. */
  static Lifetime of(InputStream input) {
    Lifetime lifetime = new Lifetime();
    Thread reader = new Thread(() -> lifetime.endWith(input), "standard-input");
    reader.setDaemon(true);
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(lifetime::endNow, "terminate"));
    return lifetime;
  }

  private Lifetime() {}

  void await() throws InterruptedException {
    over.await();
  }

  /** Whether it is over, after waiting for that at most so long. */
  boolean isOver(Duration patience) throws InterruptedException {
    return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void endWith(InputStream input) {
    try {
      input.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // An input that cannot be read has ended.
    }
    over.countDown();
  }

  private void endNow() {
    over.countDown();
    try {
      boolean unused = tidy.await(TIDY_UP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    tidy.countDown();
  }
}
