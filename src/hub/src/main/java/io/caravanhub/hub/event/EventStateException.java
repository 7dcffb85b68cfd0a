package io.caravanhub.hub.event;

/** A change that the event's state, or its absence, does not allow. */
public final class EventStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean absent;

  EventStateException(String problem, boolean absent) {
    super(problem);
    this.absent = absent;
  }

  /** True when there is no such event (404), false when its status forbids the change (409). */
  public boolean absent() {
    return absent;
  }
}
