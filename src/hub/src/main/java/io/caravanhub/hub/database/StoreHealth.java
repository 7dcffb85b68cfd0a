package io.caravanhub.hub.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether the database answers, said within a second and a half: who asks for health may not be
 * kept waiting as long as a connection is waited for. Thread-safe.
 */
@Component("dbHealthIndicator")
class StoreHealth implements HealthIndicator, DisposableBean {
  private static final long PATIENCE_MILLIS = 1_500;

  private final HikariDataSource pool;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "store-health");
            made.setDaemon(true);
            return made;
          });
  private @Nullable Future<Boolean> asked;

  StoreHealth(@Qualifier("applicationPool") HikariDataSource pool) {
    this.pool = pool;
  }

  @Override
  public Health health() {
    try {
      return ask().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
          ? Health.up().build()
          : Health.down().withDetail("reason", "the connection is not valid").build();
    } catch (TimeoutException e) {
      return Health.down().withDetail("reason", "no answer yet").build();
    } catch (ExecutionException e) {
      return Health.down().withDetail("reason", String.valueOf(e.getCause())).build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Health.unknown().build();
    }
  }

  /** One question at a time, which all who ask meanwhile wait for. */
  private synchronized Future<Boolean> ask() {
    Future<Boolean> running = asked;
    if (running == null || running.isDone()) {
      running = thread.submit(this::isValid);
      asked = running;
    }
    return running;
  }

  private boolean isValid() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(1);
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
