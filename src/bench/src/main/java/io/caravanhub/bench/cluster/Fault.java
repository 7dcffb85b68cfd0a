package io.caravanhub.bench.cluster;

import java.io.IOException;

/** Something that goes wrong for a while. */
interface Fault {
  /** What goes wrong, as the table has it. */
  String name();

  /** Lets it happen. */
  void begin() throws IOException, InterruptedException;

  /** Ends it. What was killed is started again and need not be ready yet. */
  void end() throws IOException, InterruptedException;

  /** An act of a fault. */
  interface Act {
    void run() throws IOException, InterruptedException;
  }

  /** One of two acts. */
  static Fault of(String name, Act begin, Act end) {
    return new Fault() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void begin() throws IOException, InterruptedException {
        begin.run();
      }

      @Override
      public void end() throws IOException, InterruptedException {
        end.run();
      }
    };
  }
}
