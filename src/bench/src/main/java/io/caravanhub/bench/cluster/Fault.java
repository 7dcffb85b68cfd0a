package io.caravanhub.bench.cluster;

import java.io.IOException;

/**
 * Something that goes wrong for a while.
 *
 * @param name as the table has it
 * @param begin lets it happen
 * @param end ends it; what was killed is started again and need not be ready yet
 */
record Fault(String name, Act begin, Act end) {

  /** What is done to a part. */
  interface Act {
    void run() throws IOException, InterruptedException;
  }
}
