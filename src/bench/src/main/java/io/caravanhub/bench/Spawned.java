package io.caravanhub.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of the benchmark, its output in a file, ended with the benchmark. */
final class Spawned implements AutoCloseable {
  private final String name;
  private final Process process;

  private Spawned(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  static Spawned start(
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

  long pid() {
    return process.pid();
  }

  /**
   * Waits for its end.
   *
   * @return its exit code
   * @throws IOException when it is still there after that time
   */
  int await(long seconds) throws IOException, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(name + " did not end within " + seconds + " s");
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
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
