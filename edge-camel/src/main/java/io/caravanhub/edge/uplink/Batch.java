package io.caravanhub.edge.uplink;

import io.caravanhub.edge.spool.StoredRecord;
import java.util.List;

/**
 * Records on their way to the hub together.
 *
 * @param lane what they travel on
 * @param epoch of the spool
 * @param seqs their numbers, ascending
 * @param body as it goes over the wire
 * @param records how many
 */
record Batch(Lane lane, String epoch, List<Long> seqs, byte[] body, int records) {
  static List<Long> seqs(List<StoredRecord> records) {
    return records.stream().map(StoredRecord::seq).toList();
  }
}
