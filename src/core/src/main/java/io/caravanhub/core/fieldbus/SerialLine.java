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
    private CompletableFuture<?> free = CompletableFuture.completedFuture(null);

    synchronized CompletableFuture<ModbusLine> open(
        String device, ModbusOptions options, Receiver receiver) {
      CompletableFuture<SerialLine> opened =
          free.thenApplyAsync(
              before -> SerialLine.open(device, options, receiver),
              opening -> start(opening, "open", device));
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
      start(line::read, "read", device);
      start(line::write, "write", device);
      return line;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static void start(Runnable task, String what, String device) {
    Thread thread = new Thread(task, "fieldbus-" + what + "-" + device);
    thread.setDaemon(true);
    thread.start();
  }

  // A read ends after a tenth of a second without a byte, so that the thread sees the close.
  private static void set(String device, ModbusOptions options) throws IOException {
    List<String> wanted = new ArrayList<>(List.of(Integer.toString(options.baud())));
    wanted.addAll(
        List.of("raw", "-echo", "-crtscts", "clocal", "cread", "cs8", "min", "0", "time", "1"));
    wanted.add(options.stopBits() == 2 ? "cstopb" : "-cstopb");
    wanted.addAll(
        switch (options.parity()) {
          case NONE -> List.of("-parenb");
          case EVEN -> List.of("parenb", "-parodd");
          case ODD -> List.of("parenb", "parodd");
        });
    Said said = stty(device, wanted);
    if (said.status == 0) {
      return;
    }
    boolean partly = said.text.contains("unable to perform all requested operations");
    if (!partly) {
      throw new IOException("address: " + device + " cannot be set: " + said.text.strip());
    }
    // A pseudo-terminal takes everything but parity and the like.
    if (!Path.of(device).toRealPath().startsWith("/dev/pts")) {
      List<String> untaken = untaken(wanted, stty(device, List.of("-a")).text);
      throw new IOException(
          "address: "
              + device
              + " does not take "
              + String.join(" ", untaken.isEmpty() ? wanted : untaken));
    }
  }

  /** Those of the settings that {@code stty -a} tells otherwise. */
  static List<String> untaken(List<String> wanted, String told) {
    List<String> words = Arrays.asList(told.split("[\\s;]+"));
    return wanted.stream()
        .filter(
            setting ->
                Character.isDigit(setting.charAt(0)) && setting.length() > 1
                    ? !told.contains("speed " + setting + " baud")
                    : words.contains(
                        setting.startsWith("-") ? setting.substring(1) : "-" + setting))
        .toList();
  }

  private record Said(int status, String text) {}

  private static Said stty(String device, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty", "-F", device));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process stty = builder.start();
    try {
      if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        throw new IOException("address: " + device + " cannot be set: stty hangs");
      }
      return new Said(
          stty.exitValue(),
          new String(
              stty.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
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
