package io.caravanhub.core.work;

import java.time.Duration;

/**
 * Raw readings around an anomaly. Times are those of the readings.
 *
 * @param before how much of the past is sent
 * @param after how long everything is sent from then on
 * @param pause how long after a burst no other begins
 * @param deviations how many standard deviations from the running mean set it off; 0 for none
 * @param above numbers above it set it off; infinite for none
 * @param below numbers below it do; infinite for none
 * @param quality whether a change of quality does
 * @param event whether an event of the device does
 */
public record Burst(
    Duration before,
    Duration after,
    Duration pause,
    double deviations,
    double above,
    double below,
    boolean quality,
    boolean event) {}
