package io.caravanhub.edge.spool;

/**
 * A message to be kept.
 *
 * @param device id or serial of the device
 * @param kind what the body is
 * @param clock the clock segment of {@code received}; negated when the times in the body are not
 *     this gateway's and stay as they are; 0 when those do and the segment is not known
 * @param received when the gateway took it, epoch milliseconds of its own clock
 * @param body bytes as they will travel
 */
public record SpoolRecord(String device, RecordKind kind, long clock, long received, byte[] body) {}
