package io.caravanhub.bench.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.List;

/**
 * What the database holds of the devices' messages.
 *
 * @param acknowledged messages
 * @param lost of those have no row
 * @param twice rows of a message that has another one
 * @param disorder rows committed before the row of an earlier message of the same device
 * @param unasked rows of messages that nobody acknowledged: the answer was lost on its way
 * @param dead letters
 */
record Kept(long acknowledged, long lost, long twice, long disorder, long unasked, long dead) {
  private static final String ROWS =
      """
      select t.ts, t.xmin::text::bigint
        from telemetry t join devices d on d.key = t.device_id
       where d.id = ?::uuid
       order by t.ts
      """;

  /**
   * Compares them.
   *
   * @param owner of the schema. Transactions are told by their number ({@code xmin}), which rises,
   *     and those of one device follow each other
   */
  static Kept of(Connection owner, List<ClusterDevice> devices) throws SQLException {
    Kept all = new Kept(0, 0, 0, 0, 0, 0);
    for (ClusterDevice device : devices) {
      all = all.and(ofDevice(owner, device));
    }
    try (Statement sql = owner.createStatement();
        ResultSet letters = sql.executeQuery("select count(*) from dead_letters")) {
      letters.next();
      return all.and(new Kept(0, 0, 0, 0, 0, letters.getLong(1)));
    }
  }

  private static Kept ofDevice(Connection owner, ClusterDevice device) throws SQLException {
    BitSet stored = new BitSet();
    long twice = 0;
    long disorder = 0;
    try (PreparedStatement sql = owner.prepareStatement(ROWS)) {
      sql.setString(1, device.id());
      long latest = 0;
      try (ResultSet rows = sql.executeQuery()) {
        while (rows.next()) {
          int number = device.number(rows.getTimestamp(1).toInstant());
          if (stored.get(number)) {
            twice++;
          }
          stored.set(number);
          long commit = rows.getLong(2);
          if (commit < latest) {
            disorder++;
          }
          latest = Math.max(latest, commit);
        }
      }
    }
    BitSet lost = (BitSet) device.acknowledged().clone();
    lost.andNot(stored);
    BitSet unasked = (BitSet) stored.clone();
    unasked.andNot(device.acknowledged());
    return new Kept(
        device.acknowledged().cardinality(),
        lost.cardinality(),
        twice,
        disorder,
        unasked.cardinality(),
        0);
  }

  private Kept and(Kept other) {
    return new Kept(
        acknowledged + other.acknowledged,
        lost + other.lost,
        twice + other.twice,
        disorder + other.disorder,
        unasked + other.unasked,
        dead + other.dead);
  }
}
