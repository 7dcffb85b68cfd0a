package io.caravanhub.core.payload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;

/** How a CSV file begins. Stateless. */
public final class CsvHead {
  private static final int AHEAD = 4_096;

  private CsvHead() {}

  /** Passes over a mark of the byte order, which some programs write. */
  public static void passMark(BufferedReader file) throws IOException {
    file.mark(1);
    if (file.read() != '\ufeff') {
      file.reset();
    }
  }

  /**
   * The first comma, semicolon or tab of the header line, which is still to be read; a mark of the
   * byte order is passed over.
   */
  public static char delimiter(BufferedReader file) throws IOException {
    passMark(file);
    file.mark(AHEAD + 1);
    char[] head = new char[AHEAD];
    int length = fill(file, head);
    file.reset();
    for (int i = 0; i < length && head[i] != '\n'; i++) {
      if (head[i] == ',' || head[i] == ';' || head[i] == '\t') {
        return head[i];
      }
    }
    return ',';
  }

  private static int fill(Reader file, char[] into) throws IOException {
    int length = 0;
    while (length < into.length) {
      int count = file.read(into, length, into.length - length);
      if (count < 0) {
        break;
      }
      length += count;
    }
    return length;
  }
}
