package io.caravanhub.edge.spool;

import java.sql.SQLException;

/** What SQLite's result codes (sqlite.org/rescode.html) mean to the spool. */
final class SpoolErrors {
  private static final int IOERR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int NOTADB = 26;
  private static final int IOERR_SHORT_READ = 522;

  private SpoolErrors() {}

  /** Whether the file is not, or no longer, what was written. */
  static boolean corrupt(SQLException error) {
    int code = error.getErrorCode();
    String message = String.valueOf(error.getMessage());
    return (code & 0xff) == CORRUPT
        || (code & 0xff) == NOTADB
        || code == IOERR_SHORT_READ
        || message.contains("no such table")
        || message.contains("no such column")
        || message.contains("has no column");
  }

  static boolean full(SQLException error) {
    return (error.getErrorCode() & 0xff) == FULL;
  }

  /** Whether the connection is of no more use. */
  static boolean broken(SQLException error) {
    return (error.getErrorCode() & 0xff) == IOERR;
  }
}
