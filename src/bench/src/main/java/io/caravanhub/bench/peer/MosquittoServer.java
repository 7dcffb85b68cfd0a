package io.caravanhub.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Mosquitto on loopback, set as docs/DEPLOYMENT.md wants it; anybody may use it. Not thread-safe.
 */
public final class MosquittoServer implements AutoCloseable {
  private final Path folder;
  private final int port = Ports.free();
  private final Path settings;
  private @Nullable Spawned process;

  /** Whether the program is on this machine. */
  public static boolean isPossible() {
    return program() != null;
  }

  private static @Nullable String program() {
    // Debian has it where only root's PATH leads.
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, "mosquitto"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  /**
   * Starts it.
   *
   * @param folder for its data and log
   */
  public MosquittoServer(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    Files.createDirectories(folder);
    settings = folder.resolve("mosquitto.conf");
    Files.writeString(
        settings,
        """
        listener %d 127.0.0.1
        allow_anonymous true
        persistence true
        persistence_location %s/
        autosave_interval 10
        max_queued_messages 1000000
        max_inflight_messages 500
        set_tcp_nodelay true
        %s
        """
            .formatted(
                port, folder, "root".equals(System.getProperty("user.name")) ? "user root" : ""));
    start();
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Starts it on what it kept. */
  public void start() throws IOException, InterruptedException {
    String program = program();
    if (program == null) {
      throw new IOException("there is no mosquitto on the PATH");
    }
    Spawned started =
        Spawned.start(folder, "mosquitto", Map.of(), List.of(program, "-c", settings.toString()));
    process = started;
    Ports.await(port, started::isAlive, "Mosquitto");
  }

  /** Ends it in order: it keeps what it holds. */
  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
