package io.caravanhub.testkit.fsm;

/** What is wrong with a product's answers to calls that make an order. */
public enum FsmFault {
  NONE,
  /** A page with 200, and nothing done. */
  PAGE,
  /** Done, and a page with 200. */
  DONE_AND_PAGE,
  /** The connection is cut, and nothing done. */
  CUT,
  /** Done, and the connection is cut. */
  DONE_AND_CUT,
  /** Done, and no answer for a long time. */
  DONE_AND_SILENT,
  /**
   * No answer for a long time, and done only when the next such call comes. That one is answered
   * with the script's {@code exists}, should it have that.
   */
  LATE_AND_SILENT,
  /** The script's {@code exists}: the product says that it has it already, and has it not. */
  EXISTS,
  /** Done, and 502 with a page, as of a proxy that lost the connection. */
  DONE_AND_BAD_GATEWAY,
  /** Done, and 204 without a body. */
  DONE_AND_EMPTY,
  /** Done, and an answer of six megabytes. */
  DONE_AND_HUGE,
  /** 302 to a login page, and nothing done. */
  REDIRECT,
  /** 200 with an error in the product's manner, and nothing done. */
  ERROR_BODY,
  /** 500 with an empty body, and nothing done. */
  BROKEN,
  /** 503, and nothing done. */
  AWAY,
  /** Done, and 503 with a text, as of a proxy whose upstream broke off after the request. */
  DONE_AND_AWAY,
  /** The script's {@code rejected}: the product's own way to refuse an order. */
  REJECTED,
  /** The script's {@code limited}: the product's own way to say that it is asked too often. */
  LIMITED,
  /** Done, and the script's {@code wrong}: an answer that tells of another order. */
  DONE_AND_WRONG
}
