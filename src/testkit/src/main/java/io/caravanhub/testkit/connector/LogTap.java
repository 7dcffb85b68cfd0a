package io.caravanhub.testkit.connector;

import java.util.function.Consumer;

/** Lets the kit hear what is logged while it examines a connector. */
@FunctionalInterface
public interface LogTap {
  /** What listens until it is closed. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /** From now on each line that is logged, of any level that the hub logs, goes there too. */
  Listening listen(Consumer<String> lines);

  /** Hears what is written to the standard output and error, where logs mostly go. */
  static LogTap streams() {
    return StreamTap::new;
  }
}
