package io.caravanhub.testkit.connector;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Copies what a process writes to its streams. */
final class StreamTap implements LogTap.Listening {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  StreamTap(Consumer<String> lines) {
    System.setOut(new PrintStream(new Copy(out, lines), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new Copy(err, lines), true, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
  }

  private static final class Copy extends OutputStream {
    private final PrintStream to;
    private final Consumer<String> lines;

    Copy(PrintStream to, Consumer<String> lines) {
      this.to = to;
      this.lines = lines;
    }

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      to.write(bytes, from, length);
      lines.accept(new String(bytes, from, length, StandardCharsets.UTF_8));
    }

    @Override
    public void flush() {
      to.flush();
    }
  }
}
