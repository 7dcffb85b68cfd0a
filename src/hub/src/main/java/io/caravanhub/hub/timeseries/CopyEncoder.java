package io.caravanhub.hub.timeseries;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Rows in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format"). One use each;
 * not thread-safe.
 */
final class CopyEncoder {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  /** Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL's binary timestamps begin. */
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  private static final int FIXED_ROW_BYTES =
      2 + (4 + 4) + (4 + 4) + (4 + 8) + (4 + 8) + 4 + (4 + 2) + (4 + 8);

  private CopyEncoder() {}

  /** The columns device_id, metric_id, ts, value, text_value, quality, batch_id. */
  static ByteBuffer encode(List<Row> rows, long batch) {
    int size = SIGNATURE.length + 8 + 2;
    byte[][] texts = new byte[rows.size()][];
    for (int i = 0; i < texts.length; i++) {
      String text = rows.get(i).text();
      if (text != null) {
        texts[i] = text.getBytes(StandardCharsets.UTF_8);
        size += texts[i].length;
      }
      size += FIXED_ROW_BYTES;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(SIGNATURE).putInt(0).putInt(0);
    for (int i = 0; i < texts.length; i++) {
      Row row = rows.get(i);
      out.putShort((short) 7);
      out.putInt(4).putInt(row.device());
      out.putInt(4).putInt(row.metric());
      out.putInt(8).putLong(row.micros() - POSTGRES_EPOCH_MICROS);
      if (Double.isNaN(row.value())) {
        out.putInt(-1);
      } else {
        out.putInt(8).putDouble(row.value());
      }
      if (texts[i] == null) {
        out.putInt(-1);
      } else {
        out.putInt(texts[i].length).put(texts[i]);
      }
      out.putInt(2).putShort(row.quality());
      out.putInt(8).putLong(BatchId.of(batch, row.mapping()));
    }
    out.putShort((short) -1);
    return out.flip();
  }
}
