package io.caravanhub.hub.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the embedded server again when it ends though nobody stopped it: as it was, on the same
 * port and folder, as often as it takes. Waits for room first while the disk is full. The pools
 * connect again by themselves.
 */
final class DatabaseWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
  private static final int LOOK_MILLIS = 1_000;
  private static final int STOP_MILLIS = 5_000;

  private final Path home;
  private final Postmaster postmaster;
  private final HomeDisk disk;
  private final List<String> start;
  private final Thread thread = new Thread(this::watch, "database-watch");
  private boolean away;

  /** Begins to watch a server that runs. */
  DatabaseWatch(Path home, Postmaster postmaster) throws IOException {
    this.home = home;
    this.postmaster = postmaster;
    this.disk = new HomeDisk(home);
    this.start = command(postmaster);
    thread.setDaemon(true);
    thread.start();
  }

  /** As pg_ctl has to be called to start the server anew. */
  private static List<String> command(Postmaster postmaster) throws IOException {
    ProcessHandle.Info running =
        postmaster
            .process()
            .orElseThrow(() -> new IOException("no server runs on " + postmaster.data()))
            .info();
    Path program = Path.of(running.command().orElseThrow());
    List<String> arguments = new ArrayList<>(List.of(running.arguments().orElseThrow()));
    // pg_ctl names the folder itself.
    int folder = arguments.indexOf("-D");
    arguments.subList(folder, folder + 2).clear();
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // PostgreSQL does not run as root; this is how it was started the first time, too.
      command.addAll(List.of("unshare", "-U"));
    }
    command.addAll(
        List.of(
            program.resolveSibling("pg_ctl").toString(),
            "-D",
            postmaster.data().toString(),
            "-w",
            "-o",
            String.join(" ", arguments),
            "start"));
    return command;
  }

  private void watch() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        try {
          look();
        } catch (IOException | RuntimeException e) {
          LOG.warn("Cannot tell whether PostgreSQL runs: {}", e.toString());
        }
      }
    } catch (InterruptedException e) {
      // The hub is stopping.
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws IOException, InterruptedException {
    boolean full = disk.isLow();
    if (postmaster.process().isPresent()) {
      away = false;
      return;
    }
    if (!away) {
      LOG.error("PostgreSQL has ended though nobody stopped it");
      away = true;
    }
    if (!full) {
      startAgain();
    }
  }

  private void startAgain() throws IOException, InterruptedException {
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(home.resolve("postgres.log").toFile());
    int code = new ProcessBuilder(start).redirectOutput(log).redirectError(log).start().waitFor();
    if (code == 0) {
      LOG.warn("PostgreSQL was started again");
    } else {
      LOG.warn("PostgreSQL did not start, trying again; see {}", home.resolve("postgres.log"));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
