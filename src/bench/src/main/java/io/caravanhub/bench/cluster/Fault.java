package io.caravanhub.bench.cluster;

import java.io.IOException;

/**
 * Something that goes wrong for a while.
 *
 * @param hub the name of the one that it happens to; empty when it is of none
 * @param begin lets it happen
 * @param end ends it; what was killed is started again and need not be ready yet
 */
record Fault(Kind kind, String hub, Act begin, Act end) {

  /** What goes wrong, in the order of the turns. */
  enum Kind {
    HUB_KILLED("hub killed (kill -9), started again"),
    HUB_HANGS("hub hangs (SIGSTOP), goes on"),
    FROM_KAFKA("hub parted from Kafka"),
    FROM_POSTGRES("hub parted from PostgreSQL"),
    FROM_BOTH("hub parted from both"),
    HUB_STOPPED("hub stopped in order, started again"),
    KAFKA_KILLED("Kafka killed, started again"),
    POSTGRES_KILLED("PostgreSQL killed, started again"),
    MOSQUITTO_STOPPED("Mosquitto stopped in order, started again"),
    FROM_MOSQUITTO("hub parted from Mosquitto"),
    /** Of an upgrade, and in no turn. */
    UPGRADED("hub stopped in order, started as this version");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As the table has it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** What is done to a part. */
  interface Act {
    void run() throws IOException, InterruptedException;
  }
}
