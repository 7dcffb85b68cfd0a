package io.caravanhub.hub.outside;

import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Mosquitto;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real Mosquitto with the limits that docs/DEPLOYMENT.md asks for. */
public final class MosquittoBroker implements AutoCloseable {
  private final Path configuration;
  private final int port;
  private Process process;

  /**
   * Starts it.
   *
   * @param more lines of its configuration
   */
  public MosquittoBroker(Path folder, String more) throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    configuration = folder.resolve("mosquitto.conf");
    Files.writeString(
        configuration,
        """
        listener %d 127.0.0.1
        max_queued_messages 1000000
        max_inflight_messages 500
        set_tcp_nodelay true
        persistence true
        persistence_location %s/
        user root
        %s
        """
            .formatted(port, folder.toAbsolutePath(), more));
    process = start();
  }

  public int port() {
    return port;
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder(
                Mosquitto.program("mosquitto").toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    configuration.resolveSibling("mosquitto.log").toFile()))
            .start();
    await().atMost(Duration.ofSeconds(10)).until(this::answers);
    return started;
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it in order, so that it writes down what it holds, and starts it again. */
  public void restart() throws IOException, InterruptedException {
    close();
    process = start();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
