package io.caravanhub.testkit.stream;

/** What is wrong with a scripted broker or cloud. */
public enum StreamFault {
  NONE,
  /** Whoever connects is told that the credentials are refused. */
  REFUSED,
  /** Whoever connects is told to come back later. */
  BUSY,
  /** The connection ends after the first message. */
  CUT,
  /** Payloads end in the middle. */
  TRUNCATED,
  /** Payloads are bytes of no kind. */
  GARBAGE,
  /** Payloads are empty. */
  EMPTY,
  /** Each message comes twice. */
  TWICE
}
