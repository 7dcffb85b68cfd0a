package io.caravanhub.core.fieldbus;

import java.time.Duration;

/**
 * How long a poll may take and when the next is tried after a failure.
 *
 * @param request longest wait for one answer
 * @param deadline longest time for connecting, and for a poll as a whole
 * @param backOff pauses after failures
 */
record PollTiming(Duration request, Duration deadline, BackOff backOff) {}
