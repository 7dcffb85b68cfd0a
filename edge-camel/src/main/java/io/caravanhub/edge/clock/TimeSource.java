package io.caravanhub.edge.clock;

/** The clocks of the machine. Thread-safe. */
public interface TimeSource {
  /** What the machine takes for the time, epoch milliseconds; may jump either way. */
  long wallMillis();

  /** Milliseconds since the machine started; never jumps, the same for every process on it. */
  long monotonicMillis();

  /** Tells this start of the machine from every other. */
  String boot();
}
