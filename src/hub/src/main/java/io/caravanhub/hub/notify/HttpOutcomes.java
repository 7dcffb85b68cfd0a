package io.caravanhub.hub.notify;

import io.caravanhub.core.address.GatedHttp;

/** What answers of HTTP mean for a message. Stateless. */
final class HttpOutcomes {
  private HttpOutcomes() {}

  /**
   * @param named how errors call the other side
   */
  static Outcome of(GatedHttp.Answer answer, String named) {
    int status = answer.status();
    if (answer.success()) {
      return Outcome.sent(status, null);
    }
    String reason = named + " answered " + status;
    if (status == 400 || status == 413 || status == 422) {
      return Outcome.refused(reason, status);
    }
    return Outcome.later(reason, status, answer.retryAfter(NotifyHttp.LONGEST_WAIT));
  }

  /** What was not answered may have arrived only when it went out. */
  static Outcome of(GatedHttp.NoAnswerException e, String named) {
    String reason = named + ": " + e.getMessage();
    return e.sent() ? Outcome.unsure(reason) : Outcome.later(reason, null, null);
  }
}
