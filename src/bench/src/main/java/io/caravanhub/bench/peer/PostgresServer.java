package io.caravanhub.bench.peer;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL on loopback that keeps what it has committed ({@code fsync} on) and trusts its
 * machine. Not thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
  /** Owns the schema. */
  public static final String USER = "postgres";

  private final Path folder;
  private final int port = Ports.free();
  private final List<String> again = new ArrayList<>();

  /**
   * Makes it and starts it.
   *
   * @param folder for its programs, data and log
   */
  public PostgresServer(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(folder.resolve("postgres.log").toFile());
    // Not closed: its process is ended by its number, as one is that somebody else has started.
    EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(data())
        .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "200")
        .setServerConfig("max_wal_size", "2GB")
        .setServerConfig("shared_buffers", "256MB")
        .setLocaleConfig("encoding", "UTF8")
        .setErrorRedirector(log)
        .setOutputRedirector(log)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        .start();
    ProcessHandle.Info running = postmaster().info();
    if ("root".equals(System.getProperty("user.name"))) {
      // PostgreSQL does not run as root; the library starts it so, too.
      again.addAll(List.of("unshare", "-U"));
    }
    again.add(running.command().orElseThrow());
    again.addAll(List.of(running.arguments().orElseThrow()));
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end-postgres"));
  }

  private Path data() {
    return folder.resolve("data");
  }

  private ProcessHandle postmaster() throws IOException {
    return ProcessHandle.of(
            Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).get(0).strip()))
        .orElseThrow(() -> new IOException("PostgreSQL does not run, see its log in " + folder));
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** A connection as the schema's owner. */
  public Connection connection() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, "");
  }

  /** Ends all its processes as a crash does. */
  public void kill() throws IOException {
    ProcessHandle postmaster = postmaster();
    List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
    all.add(postmaster);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  /** Starts it on the data it has; it recovers what was committed, and then answers. */
  public void startAgain() throws IOException, InterruptedException {
    Spawned started = Spawned.start(folder, "postgres", Map.of(), again);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      try (Connection connection = connection()) {
        return;
      } catch (SQLException e) {
        if (!started.isAlive() || System.nanoTime() > end) {
          throw new IOException("PostgreSQL did not start, see its log in " + folder, e);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (IOException e) {
      // It does not run.
      return;
    }
  }
}
