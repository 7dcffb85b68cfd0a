package io.caravanhub.hub.database;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/**
 * Two pools on one migrated database: the application's under row-level security, the writer's for
 * telemetry alone.
 */
@Configuration(proxyBeanMethods = false)
public class DatabaseConfiguration {
  /**
   * Compiling a plan over many days takes seconds, running it milliseconds; and TimescaleDB else
   * refuses a statement that opens too much of a compressed chunk.
   */
  private static final String SESSION =
      "set jit = off; set timescaledb.max_tuples_decompressed_per_dml_transaction = 0";

  /**
   * A hub that is cut off in the middle of a transaction keeps its locks no longer: another one has
   * the same messages by then. What a hub does between two statements takes milliseconds; it may
   * hand events to Kafka meanwhile, for which a stage waits four minutes at most.
   */
  private static final Duration WRITER_IDLE = Duration.ofSeconds(10);

  private static final Duration IDLE = Duration.ofMinutes(5);

  /** Nor does one that is cut off in the middle of a COPY, which is no idle transaction. */
  private static final String ALIVE =
      "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3";

  /** Where the database is and who owns its schema. */
  record Server(String url, String user, String password) {}

  @Bean(destroyMethod = "close")
  @ConditionalOnExpression("'${hub.db.url:}'.isBlank()")
  EmbeddedDatabase embeddedDatabase(@Value("${hub.home}") Path home) {
    return EmbeddedDatabase.start(home);
  }

  @Bean
  Server databaseServer(
      ObjectProvider<EmbeddedDatabase> embedded,
      @Value("${hub.db.url:}") String url,
      @Value("${hub.db.user:}") String user,
      @Value("${hub.db.password:}") String password) {
    EmbeddedDatabase own = embedded.getIfAvailable();
    Server server =
        own == null
            ? new Server(url, user, password)
            : new Server(own.url(), own.user(), own.password());
    Schema.migrate(
        Flyway.configure()
            .dataSource(server.url(), server.user(), server.password())
            .locations("classpath:db/migration")
            .javaMigrations(new MetricRows())
            .load());
    return server;
  }

  @Bean
  SideConnection sideConnection(Server server) {
    return new SideConnection(server, "leases and changes");
  }

  @Bean
  Announcements announcements(Server server, SideConnection sideConnection) {
    return new Announcements(server, sideConnection);
  }

  @Bean(destroyMethod = "close")
  HikariDataSource applicationPool(Server server) {
    return pool(server, "hub_app", 12, IDLE);
  }

  /**
   * Connections of the role hub_app that see the tenant of the calling thread's {@link
   * TenantScope}.
   */
  @Bean
  @Primary
  DataSource dataSource(@Qualifier("applicationPool") HikariDataSource applicationPool) {
    return new TenantDataSource(applicationPool);
  }

  /** Connections of the role hub_writer, which may do nothing but write telemetry. */
  @Bean(destroyMethod = "close")
  HikariDataSource writerPool(Server server) {
    return pool(server, "hub_writer", 3, WRITER_IDLE);
  }

  /** Connections of the schema's owner, for the upkeep of the telemetry store and nothing else. */
  @Bean(destroyMethod = "close")
  HikariDataSource upkeepPool(Server server) {
    HikariDataSource pool = pool(server, "hub_upkeep", 4, IDLE);
    pool.setConnectionInitSql(session(IDLE));
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(60_000);
    return pool;
  }

  /**
   * @param idle after which the server ends a transaction in which nothing more comes, and its
   *     connection
   */
  static HikariDataSource pool(Server server, String role, int size, Duration idle) {
    HikariDataSource pool = new HikariDataSource();
    pool.setPoolName(role);
    pool.setJdbcUrl(server.url());
    pool.setUsername(server.user());
    pool.setPassword(server.password());
    pool.setConnectionInitSql("set role " + role + "; " + session(idle));
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(5_000);
    pool.addDataSourceProperty("ApplicationName", "caravan-hub " + role);
    return pool;
  }

  private static String session(Duration idle) {
    return SESSION
        + "; "
        + ALIVE
        + "; set idle_in_transaction_session_timeout = "
        + idle.toMillis();
  }
}
