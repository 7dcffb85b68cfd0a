package io.caravanhub.hub.replay;

/** One replay at work, a bounded number of messages at a time. */
interface ReplayWork {
  /** Messages that it will look at. */
  long total();

  /**
   * Goes on after the job's position. The tenant is in force.
   *
   * @throws NotNowException when the store is behind or away; the step is asked for again
   */
  ReplayStep step(ReplayJob job);

  /** Nothing is wrong with the messages: another time. */
  final class NotNowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNowException(String message) {
      super(message);
    }
  }
}
