package io.caravanhub.edge.spool;

/**
 * A record of the spool.
 *
 * @param seq its number, which rises with each record of an epoch
 * @param content as it was put in
 */
public record StoredRecord(long seq, SpoolRecord content) {}
