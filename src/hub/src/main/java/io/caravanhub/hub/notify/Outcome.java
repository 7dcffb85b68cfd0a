package io.caravanhub.hub.notify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt.
 *
 * @param reason of a failure, without secrets
 * @param status of HTTP, or a reply code of SMTP
 * @param id that the other side gave it
 * @param pause that the other side asked for
 */
record Outcome(
    Kind kind,
    @Nullable String reason,
    @Nullable Integer status,
    @Nullable String id,
    @Nullable Duration pause) {

  /** Kinds of outcomes. */
  enum Kind {
    /** The other side has it. */
    SENT,
    /** The other side did not take it now; another may do better. */
    LATER,
    /** It may have arrived. */
    UNSURE,
    /** This message will never be taken; others may. */
    REFUSED,
    /** Nothing is to be sent there any more. */
    GONE
  }

  static Outcome sent(@Nullable Integer status, @Nullable String id) {
    return new Outcome(Kind.SENT, null, status, id, null);
  }

  static Outcome later(String reason, @Nullable Integer status, @Nullable Duration pause) {
    return new Outcome(Kind.LATER, reason, status, null, pause);
  }

  static Outcome unsure(String reason) {
    return new Outcome(Kind.UNSURE, reason, null, null, null);
  }

  static Outcome refused(String reason, @Nullable Integer status) {
    return new Outcome(Kind.REFUSED, reason, status, null, null);
  }

  static Outcome gone(String reason, @Nullable Integer status) {
    return new Outcome(Kind.GONE, reason, status, null, null);
  }
}
