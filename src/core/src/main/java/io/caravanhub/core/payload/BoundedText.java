package io.caravanhub.core.payload;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * A file's text with bounds: so many characters in all, and so many between two records, which a
 * quotation mark that is never closed would otherwise make the rest of the file.
 */
public final class BoundedText extends FilterReader {
  private static final int RECORD_MAX = 1 << 20;

  private final long limit;
  private long read;
  private long recordBegan;

  /** The file, or one of its records, is larger than it may be. */
  public static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(String detail) {
      super(detail);
    }
  }

  /**
   * Over a file.
   *
   * @param limit characters of the whole
   */
  public BoundedText(Reader in, long limit) {
    super(in);
    this.limit = limit;
  }

  /** A record has been read up to here; buffers may be somewhat ahead of it. */
  public void recordRead() {
    recordBegan = read;
  }

  @Override
  public int read() throws IOException {
    int c = super.read();
    count(c < 0 ? 0 : 1);
    return c;
  }

  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    count(Math.max(0, count));
    return count;
  }

  private void count(int more) throws IOException {
    read += more;
    if (read > limit) {
      throw new TooLarge("expected at most " + limit + " characters in a file");
    }
    if (read - recordBegan > RECORD_MAX) {
      throw new TooLarge(
          "a row is longer than "
              + RECORD_MAX
              + " characters; look for a quotation mark not closed");
    }
  }
}
