package io.caravanhub.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of ours, its output in a file, ended with this one. */
public final class Spawned implements AutoCloseable {
  private final String name;
  private final Process process;

  private Spawned(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param logs folder for {@code <name>.log}, to which its output is added
   * @param environment beside this process's own
   */
  public static Spawned start(
      Path logs, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    Files.createDirectories(logs);
    File log = logs.resolve(name + ".log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().putAll(new HashMap<>(environment));
    Process process = builder.start();
    Spawned spawned = new Spawned(name, process);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "end-" + name));
    return spawned;
  }

  /** Of its process. */
  public long pid() {
    return process.pid();
  }

  /**
   * Waits for its end.
   *
   * @return its exit code
   * @throws IOException when it is still there after that time
   */
  public int await(long seconds) throws IOException, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(name + " did not end within " + seconds + " s");
    }
    return process.exitValue();
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Sends it a signal.
   *
   * @param name as {@code kill} has it, such as {@code STOP}
   */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
