package io.caravanhub.edge.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Gzip as batches have it: what is measured with it is what is sent. Not thread-safe. */
public final class BatchGzip extends GZIPOutputStream {
  /** Writes to these bytes. */
  public BatchGzip(OutputStream bytes) throws IOException {
    super(bytes, 8192);
    def.setLevel(Deflater.BEST_SPEED + 2);
  }
}
