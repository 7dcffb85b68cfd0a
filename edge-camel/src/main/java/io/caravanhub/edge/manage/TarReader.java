package io.caravanhub.edge.manage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads files and folders of a tar archive (POSIX.1-1988 ustar with the prefix field, GNU long
 * names {@code L} and pax {@code path}). Links, devices and whatever else an entry may be are
 * refused. Not thread-safe.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int MODE_AT = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int SUM_AT = 148;
  private static final int TYPE_AT = 156;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX = 155;
  private static final int LONGEST_NAME = 4096;

  private final InputStream in;

  TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * @param content of a file, {@code size} bytes to be read before the next entry; null for a
   *     folder
   */
  record Entry(String name, int mode, long size, @Nullable InputStream content) {}

  /** The next entry, or null at the end. */
  @Nullable Entry next() throws IOException {
    String longName = null;
    while (true) {
      byte[] header = in.readNBytes(BLOCK);
      if (header.length < BLOCK) {
        throw new EOFException("the archive ends in the middle");
      }
      if (isEmpty(header)) {
        return null;
      }
      check(header);
      long size = octal(header, SIZE_AT, SIZE_LENGTH);
      char type = (char) header[TYPE_AT];
      switch (type) {
        case 'L' -> longName = text(header(size), 0, (int) size);
        case 'x' -> {
          String path = pax(header(size));
          longName = path == null ? longName : path;
        }
        case 'g' -> header(size);
        case '0', '\0', '5' -> {
          String name = longName == null ? name(header) : longName;
          int mode = (int) octal(header, MODE_AT, 8);
          boolean folder = type == '5' || name.endsWith("/");
          return new Entry(name, mode, folder ? 0 : size, folder ? null : new Content(in, size));
        }
        default ->
            throw new Release.RefusedException(
                name(header) + ": links and special files have no place in a release");
      }
    }
  }

  private byte[] header(long size) throws IOException {
    if (size > LONGEST_NAME * 4L) {
      throw new Release.RefusedException("the archive has a header of " + size + " bytes");
    }
    byte[] content = in.readNBytes((int) size);
    in.skipNBytes(padding(size));
    if (content.length < size) {
      throw new EOFException("the archive ends in the middle");
    }
    return content;
  }

  private static void check(byte[] header) throws IOException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : header[i] & 0xFF;
    }
    if (sum != octal(header, SUM_AT, 8)) {
      throw new Release.RefusedException("it is not a tar archive, or a damaged one");
    }
  }

  private static String name(byte[] header) {
    String prefix = text(header, PREFIX_AT, PREFIX);
    boolean ustar = text(header, 257, 6).equals("ustar");
    String name = text(header, 0, NAME);
    return prefix.isEmpty() || !ustar ? name : prefix + "/" + name;
  }

  /** The path of an extended header: lines of {@code length key=value}. */
  private static @Nullable String pax(byte[] content) {
    for (String line : new String(content, StandardCharsets.UTF_8).split("\n")) {
      int key = line.indexOf(" path=");
      if (key > 0) {
        return line.substring(key + 6);
      }
    }
    return null;
  }

  private static long octal(byte[] header, int at, int length) throws IOException {
    String digits = text(header, at, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new Release.RefusedException("it is not a tar archive, or a damaged one");
    }
  }

  private static String text(byte[] bytes, int at, int length) {
    int end = at;
    while (end < Math.min(bytes.length, at + length) && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, at, end - at, StandardCharsets.UTF_8);
  }

  private static boolean isEmpty(byte[] header) {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static long padding(long size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }

  /** One file of the archive; its end skips what fills the last block. */
  private static final class Content extends InputStream {
    private final InputStream in;
    private final long padding;
    private long left;

    Content(InputStream in, long size) {
      this.in = in;
      this.left = size;
      this.padding = TarReader.padding(size);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(into, at, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("the archive ends in the middle");
      }
      left -= n;
      return n;
    }

    @Override
    public void close() throws IOException {
      in.skipNBytes(left + padding);
      left = 0;
    }
  }
}
