package io.caravanhub.hub.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL kept under HUB_HOME, on a free loopback port, reached only with a password of its own.
 * A server that a killed hub left running on the same folder is stopped first, so that a new start
 * always finds its data.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String USER = "postgres";

  private final EmbeddedPostgres postgres;
  private final String password;

  private EmbeddedDatabase(EmbeddedPostgres postgres, String password) {
    this.postgres = postgres;
    this.password = password;
  }

  /** Starts the database in {@code home/postgres}, making it first when it is not there. */
  public static EmbeddedDatabase start(Path home) {
    try {
      Path data = home.resolve("postgres");
      stopLeftOver(data);
      String password = password(home.resolve("postgres.password"));
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setOverrideWorkingDirectory(home.resolve("postgres-bin").toFile())
              .setConnectConfig("password", password)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "")
              .setServerConfig("timezone", "UTC")
              .setServerConfig("max_wal_size", "2GB")
              .setServerConfig("log_min_messages", "fatal")
              .setServerConfig("log_destination", "stderr")
              .setLocaleConfig("encoding", "UTF8")
              .setErrorRedirector(
                  ProcessBuilder.Redirect.appendTo(home.resolve("postgres.log").toFile()))
              .setOutputRedirector(
                  ProcessBuilder.Redirect.appendTo(home.resolve("postgres.log").toFile()))
              .setRegisterShutdownHook(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              .start();
      EmbeddedDatabase database = new EmbeddedDatabase(postgres, password);
      database.demandPassword(data);
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the embedded PostgreSQL did not start, see " + home.resolve("postgres.log"), e);
    }
  }

  /** JDBC URL of the database, without credentials. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
  }

  /** The user that owns the schema. */
  public String user() {
    return USER;
  }

  /** Its password, made at the first start. */
  public String password() {
    return password;
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      LOG.warn("The embedded PostgreSQL did not stop in order: {}", e.getMessage());
    }
  }

  /** initdb trusts every local user; from the first start on, a password is asked of all. */
  private void demandPassword(Path data) throws IOException {
    Path rules = data.resolve("pg_hba.conf");
    String wanted =
        "# Written by Caravan Hub: nobody without the password.\nhost all all 127.0.0.1/32 scram-sha-256\n";
    if (Files.readString(rules).equals(wanted)) {
      return;
    }
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter user " + USER + " password '" + password + "'");
      Files.writeString(rules, wanted);
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IOException("could not set the database password", e);
    }
  }

  private static String password(Path file) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, password);
    return password;
  }

  /**
   * The first line of postmaster.pid is the server's process id (PostgreSQL, Database File Layout).
   */
  private static void stopLeftOver(Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile, StandardCharsets.UTF_8);
    ProcessHandle server =
        lines.isEmpty()
            ? null
            : ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(EmbeddedDatabase::isPostgres)
                .orElse(null);
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
