package io.caravanhub.core.detect;

/** A CSV file that cannot be read; the message names line and column. */
public final class CsvException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CsvException(String message) {
    super(message);
  }

  CsvException(String message, Throwable cause) {
    super(message, cause);
  }
}
