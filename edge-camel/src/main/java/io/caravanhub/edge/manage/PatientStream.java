package io.caravanhub.edge.manage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends with an error when whoever reads has waited this long and nothing came: a line that is half
 * open says nothing of it. The deadline of {@link java.net.http.HttpRequest} ends with the headers.
 * For one reader.
 */
final class PatientStream extends FilterInputStream {
  private final Duration patience;
  private volatile long since;
  private volatile boolean waiting;
  private volatile boolean late;
  private volatile boolean closed;

  private PatientStream(InputStream in, Duration patience) {
    super(in);
    this.patience = patience;
  }

  /**
   * @param in whose {@code close()} wakes a reader that waits
   */
  static PatientStream of(InputStream in, Duration patience) {
    PatientStream stream = new PatientStream(in, patience);
    stream.lookAfter(patience.toNanos());
    return stream;
  }

  private void lookAfter(long nanos) {
    CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::look);
  }

  private void look() {
    if (closed) {
      return;
    }
    long left = patience.toNanos() - (System.nanoTime() - since);
    if (!waiting || left > 0) {
      lookAfter(waiting ? left : patience.toNanos());
      return;
    }
    late = true;
    try {
      in.close();
    } catch (IOException e) {
      // The reader is told of a line that is dead.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    since = System.nanoTime();
    waiting = true;
    try {
      int n = in.read(into, at, length);
      if (n < 0 && late) {
        throw new IOException("closed");
      }
      return n;
    } catch (IOException e) {
      throw late ? new IOException("nothing came for " + patience, e) : e;
    } finally {
      waiting = false;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    super.close();
  }
}
