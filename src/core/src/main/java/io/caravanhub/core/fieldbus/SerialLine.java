package io.caravanhub.core.fieldbus;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A serial port, set by {@code stty} and then read and written as the file it is, so that no native
 * library is needed. Two threads while it is open.
 */
final class SerialLine implements ModbusLine {
  private static final int STTY_SECONDS = 5;
  private static final long HUNG_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final byte[] END = new byte[0];

  private final String device;
  private final InputStream in;
  private final OutputStream out;
  private final Receiver receiver;
  private final LinkedBlockingQueue<byte[]> sending = new LinkedBlockingQueue<>();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private volatile boolean closed;

  private SerialLine(String device, InputStream in, OutputStream out, Receiver receiver) {
    this.device = device;
    this.in = in;
    this.out = out;
    this.receiver = receiver;
  }

  /** One serial port; it is opened again only when nobody reads it any more. */
  static final class Port {
    private final String device;
    private CompletableFuture<?> free = CompletableFuture.completedFuture(null);

    Port(String device) {
      this.device = device;
    }

    synchronized CompletableFuture<ModbusLine> open(ModbusOptions options, Receiver receiver) {
      CompletableFuture<SerialLine> opened =
          free.thenApplyAsync(before -> SerialLine.open(device, options, receiver));
      free = opened.thenCompose(line -> line.ended).exceptionally(failure -> null);
      return opened.thenApply(line -> line);
    }
  }

  private static SerialLine open(String device, ModbusOptions options, Receiver receiver) {
    try {
      if (!Files.exists(Path.of(device))) {
        throw new IOException("address: there is no serial port " + device);
      }
      set(device, options);
      SerialLine line =
          new SerialLine(
              device, new FileInputStream(device), new FileOutputStream(device), receiver);
      line.start(line::read, "read");
      line.start(line::write, "write");
      return line;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private void start(Runnable task, String what) {
    Thread thread = new Thread(task, "fieldbus-" + what + "-" + device);
    thread.setDaemon(true);
    thread.start();
  }

  // A read ends after a tenth of a second without a byte, so that the thread sees the close.
  private static void set(String device, ModbusOptions options) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty", "-F", device));
    command.add(Integer.toString(options.baud()));
    command.addAll(
        List.of("raw", "-echo", "-crtscts", "clocal", "cread", "cs8", "min", "0", "time", "1"));
    command.add(options.stopBits() == 2 ? "cstopb" : "-cstopb");
    command.addAll(
        switch (options.parity()) {
          case NONE -> List.of("-parenb");
          case EVEN -> List.of("parenb", "-parodd");
          case ODD -> List.of("parenb", "parodd");
        });
    Process stty = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said =
          new String(stty.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || stty.exitValue() != 0) {
        stty.destroyForcibly();
        // A pseudo-terminal takes everything but parity and the like.
        if (!said.toLowerCase(Locale.ROOT).contains("unable to perform all requested operations")) {
          throw new IOException("address: " + device + " cannot be set: " + said.strip());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void read() {
    byte[] buffer = new byte[512];
    int quick = 0;
    try (in) {
      while (!closed) {
        long began = System.nanoTime();
        int count = in.read(buffer);
        if (count > 0) {
          quick = 0;
          receiver.received(Arrays.copyOf(buffer, count));
        } else if (System.nanoTime() - began < HUNG_UP_NANOS && ++quick > 3) {
          throw new IOException("the serial port was hung up");
        }
      }
    } catch (IOException e) {
      broke(e);
    } finally {
      ended.complete(null);
    }
  }

  private void write() {
    try (out) {
      for (byte[] bytes = sending.take(); bytes != END; bytes = sending.take()) {
        out.write(bytes);
        out.flush();
      }
    } catch (IOException e) {
      broke(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void broke(IOException why) {
    if (!closed) {
      close();
      receiver.closed(new IOException(device + ": " + why.getMessage(), why));
    }
  }

  @Override
  public void send(byte[] bytes) {
    sending.add(bytes);
  }

  @Override
  public void close() {
    closed = true;
    sending.add(END);
  }
}
