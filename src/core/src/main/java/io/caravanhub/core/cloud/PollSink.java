package io.caravanhub.core.cloud;

import java.time.Instant;
import java.util.Map;

/** Where a poll's answers go. Called by the polling thread, one answer after the other. */
public interface PollSink {
  /** Takes an answer; returns once all of it is committed, and throws when it cannot be. */
  void take(Fetched fetched);

  /** Hears that a request is about to go out; throws when it must not. */
  default void asking() {}

  /** Keeps the state of the poll, which tells where the next one goes on; after the commit. */
  void progress(Map<String, String> state);

  /**
   * Hears that everything was answered that the request asks for; not when one of its answers
   * failed, or said that nothing is new.
   *
   * @param begun when it was first asked
   */
  default void answered(CloudRequest request, Instant begun) {}
}
