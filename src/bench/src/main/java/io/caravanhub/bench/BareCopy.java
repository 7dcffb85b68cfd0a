package io.caravanhub.bench;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The limit that storing is held against: binary COPY of ready rows into the hub's own table
 * telemetry, over one connection, a commit every 5,000 rows.
 */
final class BareCopy {
  private static final int BATCH = 5_000;
  private static final int METRICS = 10;
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  /** 2000-01-01, from which PostgreSQL counts its microseconds. */
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  /** Device keys that no device of the hub has. */
  private static final int FIRST_DEVICE = 1_000_000_000;

  private final Connection connection;
  private int device = FIRST_DEVICE;

  BareCopy(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet last =
            statement.executeQuery("select coalesce(max(device_id), 0) from telemetry")) {
      last.next();
      device = Math.max(device, last.getInt(1) + 1);
    }
  }

  /** Rows a second, of so many rows. */
  double rowsPerSecond(int rows) throws SQLException {
    long day = Instant.now().truncatedTo(ChronoUnit.DAYS).toEpochMilli() * 1_000;
    byte[][] batches = new byte[rows / BATCH][];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = batch(device++, day);
    }
    CopyIn copy;
    long start = System.nanoTime();
    for (byte[] batch : batches) {
      copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "copy telemetry (device_id, metric_id, ts, value, text_value, quality, batch_id)"
                      + " from stdin (format binary)");
      copy.writeToCopy(batch, 0, batch.length);
      copy.endCopy();
      connection.commit();
    }
    return rows / ((System.nanoTime() - start) / 1e9);
  }

  private static byte[] batch(int device, long from) {
    ByteBuffer out = ByteBuffer.allocate(SIGNATURE.length + 10 + BATCH * 64);
    out.put(SIGNATURE).putInt(0).putInt(0);
    for (int i = 0; i < BATCH; i++) {
      out.putShort((short) 7);
      out.putInt(4).putInt(device);
      out.putInt(4).putInt(i / (BATCH / METRICS) + 1);
      out.putInt(8).putLong(from + i % (BATCH / METRICS) * 1_000L - POSTGRES_EPOCH_MICROS);
      out.putInt(8).putDouble(i);
      out.putInt(-1);
      out.putInt(2).putShort((short) 0);
      out.putInt(8).putLong(1);
    }
    out.putShort((short) -1);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }
}
