package io.caravanhub.hub.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * A connection of the role hub_app beside the pools, for short statements that must not wait until
 * a pool has room. Made when it is first needed, and again after a failure; one that says nothing
 * for five seconds counts as lost. Thread-safe: one call at a time.
 */
public final class SideConnection implements DisposableBean {
  private static final int SOCKET_SECONDS = 5;

  private final DatabaseConfiguration.Server server;
  private final String purpose;
  private @Nullable Connection open;
  private boolean closed;

  /** What is done with the connection, in short. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  SideConnection(DatabaseConfiguration.Server server, String purpose) {
    this.server = server;
    this.purpose = purpose;
  }

  /** A connection with these credentials. */
  public static SideConnection of(String url, String user, String password, String purpose) {
    return new SideConnection(new DatabaseConfiguration.Server(url, user, password), purpose);
  }

  /** Does the work; after a failure the next call has a new connection. */
  public synchronized <T> T call(Work<T> work) throws SQLException {
    if (closed) {
      throw new SQLException("the hub is stopping");
    }
    Connection connection = open == null ? connect() : open;
    open = connection;
    try {
      return work.on(connection);
    } catch (SQLException | RuntimeException e) {
      open = null;
      closeQuietly(connection);
      throw e;
    }
  }

  /** A new connection, which the caller closes. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("ApplicationName", "caravan-hub " + purpose);
    properties.setProperty("connectTimeout", Integer.toString(SOCKET_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    Connection connection = DriverManager.getConnection(server.url(), properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set role hub_app");
      return connection;
    } catch (SQLException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is lost either way.
    }
  }

  @Override
  public synchronized void destroy() {
    closed = true;
    if (open != null) {
      closeQuietly(open);
      open = null;
    }
  }
}
