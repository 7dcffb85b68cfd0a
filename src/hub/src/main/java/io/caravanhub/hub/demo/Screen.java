package io.caravanhub.hub.demo;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/**
 * The demo's terminal: lines as things happen, and below them one status line that is written over.
 * Thread-safe.
 */
final class Screen {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal = System.console() != null && System.getenv("TERM") != null;
  private String status = "";
  private boolean closed;

  Screen(PrintStream out) {
    this.out = out;
  }

  /** A line that stays. */
  synchronized void line(String text) {
    out.println((terminal && !status.isEmpty() ? CLEAR_LINE : "") + text);
    if (terminal && !status.isEmpty()) {
      out.print(status);
    }
    out.flush();
  }

  /** Something happened. */
  void event(String kind, String text) {
    line(
        LocalTime.now().format(TIME)
            + "  "
            + mark(kind)
            + String.format("%-11s", kind)
            + (terminal ? "\u001b[0m" : "")
            + " "
            + text);
  }

  private String mark(String kind) {
    if (!terminal) {
      return "";
    }
    return switch (kind) {
      case "event" -> "\u001b[33m";
      case "work order" -> "\u001b[1;32m";
      case "fault" -> "\u001b[36m";
      case "resolved", "completed" -> "\u001b[32m";
      default -> "\u001b[31m";
    };
  }

  /** What is going on now; shown only on a terminal. */
  synchronized void status(String text) {
    if (terminal && !closed) {
      status = text;
      out.print(CLEAR_LINE + text);
      out.flush();
    }
  }

  /** No status line from now on. */
  synchronized void close() {
    endStatus();
    closed = true;
  }

  synchronized void endStatus() {
    if (terminal && !status.isEmpty()) {
      out.print(CLEAR_LINE);
      out.flush();
    }
    status = "";
  }
}
