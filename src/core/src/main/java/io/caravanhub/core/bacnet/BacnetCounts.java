package io.caravanhub.core.bacnet;

import java.util.concurrent.atomic.LongAdder;

/** What went over a client's socket. Safe for many threads. */
public final class BacnetCounts {
  final LongAdder sent = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder unexpected = new LongAdder();
  final LongAdder retries = new LongAdder();
  final LongAdder timeouts = new LongAdder();
  final LongAdder duplicates = new LongAdder();

  BacnetCounts() {}

  /** Packets sent. */
  public long sent() {
    return sent.sum();
  }

  /** Packets received. */
  public long received() {
    return received.sum();
  }

  /** Packets that could not be read, and were ignored. */
  public long malformed() {
    return malformed.sum();
  }

  /** Answers and notifications nobody waited for, and services not offered; ignored or refused. */
  public long unexpected() {
    return unexpected.sum();
  }

  /** Requests sent again. */
  public long retries() {
    return retries.sum();
  }

  /** Requests given up for want of an answer. */
  public long timeouts() {
    return timeouts.sum();
  }

  /** I-Ams of an instance that another address had claimed. */
  public long duplicates() {
    return duplicates.sum();
  }
}
