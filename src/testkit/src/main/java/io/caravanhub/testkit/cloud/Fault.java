package io.caravanhub.testkit.cloud;

/** What can be wrong with a cloud. */
public enum Fault {
  NONE,
  /** The first call that needs credentials hears 401, as when a token was revoked. */
  UNAUTHORIZED_ONCE,
  /** Every call hears 401. */
  UNAUTHORIZED,
  /** 429 with {@code Retry-After: 1}, once. */
  TOO_MANY_ONCE,
  /** 429 with {@code Retry-After: 120}. */
  TOO_MANY_FOR_LONG,
  /** 429 and no word about when. */
  TOO_MANY,
  /** 503, once. */
  ERROR_ONCE,
  /** 500 to every call. */
  ERROR,
  /** Never answers. */
  SILENT,
  /** The connection ends in the middle of the body. */
  TRUNCATED,
  /** 200 with something that is no JSON. */
  GARBAGE,
  /** 200 and nothing. */
  EMPTY,
  /** 429 until a time that is over by the hub's clock, which golden files have too. */
  CLOCK_BEHIND,
  /** 429 until a time hours from now, as a date. */
  CLOCK_AHEAD,
  /** The second and every further call hears 500. */
  ERROR_AFTER_FIRST
}
