package io.caravanhub.hub.sparkplug;

import java.util.List;

/**
 * A payload.
 *
 * @param timestamp epoch milliseconds, -1 when absent
 * @param seq 0 to 255, -1 when absent (a death has none)
 */
record SparkplugPayload(long timestamp, int seq, List<SparkplugMetric> metrics) {}
