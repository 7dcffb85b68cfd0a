package io.caravanhub.hub.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL kept under HUB_HOME, on a free loopback port, reached only with a password of its own.
 * A server that a killed hub left running on the same folder is stopped first, so that a new start
 * always finds its data; one that ends while the hub runs is started again.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String USER = "postgres";

  private final EmbeddedPostgres postgres;
  private final String password;
  private final DatabaseWatch watch;

  private EmbeddedDatabase(EmbeddedPostgres postgres, String password, DatabaseWatch watch) {
    this.postgres = postgres;
    this.password = password;
    this.watch = watch;
  }

  /** Starts the database in {@code home/postgres}, making it first when it is not there. */
  public static EmbeddedDatabase start(Path home) {
    try {
      Path data = home.resolve("postgres");
      Postmaster postmaster = new Postmaster(data);
      postmaster.stopLeftOver();
      String password = password(home.resolve("postgres.password"));
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setOverrideWorkingDirectory(home.resolve("postgres-bin").toFile())
              .setConnectConfig("password", password)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "")
              // The library is made for tests and switches both off.
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("timezone", "UTC")
              .setServerConfig("max_wal_size", "2GB")
              .setServerConfig("shared_buffers", "256MB")
              .setServerConfig("work_mem", "16MB")
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
      keepPrivate(home.resolve("postgres-bin"));
      demandPassword(postgres, password, data);
      return new EmbeddedDatabase(postgres, password, new DatabaseWatch(home, postmaster));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the embedded PostgreSQL did not start, see " + home.resolve("postgres.log"), e);
    }
  }

  /** The library lets everybody write what it unpacks; programs that the hub runs are its own. */
  private static void keepPrivate(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      // Unpacked once for each process: another database of this one has it in its own folder.
      return;
    }
    try (Stream<Path> found = Files.walk(folder, 2)) {
      for (Path path : found.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      }
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions has nothing to take away.
      return;
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
    watch.close();
    try {
      postgres.close();
    } catch (IOException e) {
      LOG.warn("The embedded PostgreSQL did not stop in order: {}", e.getMessage());
    }
  }

  /** initdb trusts every local user; from the first start on, a password is asked of all. */
  private static void demandPassword(EmbeddedPostgres postgres, String password, Path data)
      throws IOException {
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
}
