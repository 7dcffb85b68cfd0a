package io.caravanhub.hub.timeseries;

/**
 * What became of a write.
 *
 * @param stored messages with at least one new row
 * @param duplicates messages whose rows were all there already
 */
public record Written(int stored, int duplicates) {}
