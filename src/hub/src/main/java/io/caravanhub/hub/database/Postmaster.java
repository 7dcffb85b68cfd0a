package io.caravanhub.hub.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server process that holds a data folder, known by the folder's postmaster.pid. */
record Postmaster(Path data) {
  private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);

  /**
   * The process, while it is alive. The first line of postmaster.pid is its id (PostgreSQL,
   * Database File Layout).
   */
  Optional<ProcessHandle> process() throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile, StandardCharsets.UTF_8);
    if (lines.isEmpty() || lines.get(0).isBlank()) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(Postmaster::isPostgres);
  }

  /** Stops a server that an earlier hub left running. */
  void stopLeftOver() throws IOException {
    ProcessHandle server = process().orElse(null);
    if (server == null) {
      return;
    }
    LOG.info("Stopping the PostgreSQL (process {}) that an earlier hub left behind", server.pid());
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid()))
          .start()
          .waitFor(5, TimeUnit.SECONDS);
      server.onExit().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IOException(
          "PostgreSQL process "
              + server.pid()
              + " still holds "
              + data
              + "; stop it and start again",
          e);
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.isAlive()
        && process.info().command().map(c -> c.endsWith("postgres")).orElse(true);
  }
}
