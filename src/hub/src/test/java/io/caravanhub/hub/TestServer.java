package io.caravanhub.hub;

import io.caravanhub.hub.database.MetricRows;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.migration.JavaMigration;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A PostgreSQL server for tests, whose user may make databases and roles: embedded, or the one with
 * TimescaleDB that {@value #TIMESCALE} names, such as {@code
 * jdbc:postgresql://127.0.0.1:5432/postgres?user=u&password=p}. Databases made there are dropped
 * when the tests end.
 */
public record TestServer(String host, int port, String user, String password, String maintenance) {
  /** The environment variable. */
  public static final String TIMESCALE = "HUB_TEST_TIMESCALE_URL";

  private static final class Embedded {
    static final TestServer SERVER = start();

    private static TestServer start() {
      try {
        int port = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start().getPort();
        return new TestServer("127.0.0.1", port, "postgres", "postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Made {
    static final List<Runnable> DROPS = Collections.synchronizedList(new ArrayList<>());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> DROPS.forEach(Runnable::run)));
    }
  }

  /** PostgreSQL without TimescaleDB, started by whoever asks first. */
  public static TestServer embedded() {
    return Embedded.SERVER;
  }

  /** The server with TimescaleDB, when the environment names one. */
  public static Optional<TestServer> timescale() {
    return Optional.ofNullable(System.getenv(TIMESCALE))
        .filter(u -> !u.isBlank())
        .map(TestServer::of);
  }

  private static TestServer of(String jdbcUrl) {
    URI uri = URI.create(jdbcUrl.substring("jdbc:".length()));
    Map<String, String> query =
        Arrays.stream(Optional.ofNullable(uri.getQuery()).orElse("").split("&"))
            .map(p -> p.split("=", 2))
            .filter(p -> p.length == 2)
            .collect(Collectors.toMap(p -> p[0], p -> p[1]));
    return new TestServer(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        query.getOrDefault("user", "postgres"),
        query.getOrDefault("password", ""),
        uri.getPath().substring(1));
  }

  /** A new database, empty; its name is made up. */
  public String create() {
    String name = "hub_test_" + UUID.randomUUID().toString().replace("-", "");
    JdbcClient owner = JdbcClient.create(database(maintenance));
    owner.sql("create database " + name).update();
    if (this != Embedded.SERVER) {
      Made.DROPS.add(() -> owner.sql("drop database if exists " + name + " with (force)").update());
    }
    return name;
  }

  /** A new database with the hub's schema. */
  public String createMigrated() {
    String name = create();
    migrate(name, "latest");
    return name;
  }

  /** Brings a database's schema to a version; the catalogue of metrics is for the latest. */
  public void migrate(String name, String version) {
    Flyway.configure()
        .dataSource(database(name))
        .locations("filesystem:" + TestDatabase.root().resolve("db/migration"))
        .javaMigrations(
            version.equals("latest")
                ? new JavaMigration[] {new MetricRows()}
                : new JavaMigration[0])
        .target(version)
        .load()
        .migrate();
  }

  /** Connections of the owner. */
  public DataSource database(String name) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {host});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(name);
    source.setUser(user);
    source.setPassword(password);
    return source;
  }
}
