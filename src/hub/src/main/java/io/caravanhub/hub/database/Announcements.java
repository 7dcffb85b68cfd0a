package io.caravanhub.hub.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * What the database announces to every hub on it (LISTEN and NOTIFY), over a connection of its own
 * that is made again whenever it is lost. Announcements made meanwhile are lost too: listeners are
 * told so, and look for themselves. Thread-safe.
 */
public final class Announcements implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final int WAIT_MILLIS = 1_000;

  /** Quiet rounds after which the connection is tried, for a cut one says nothing either. */
  private static final int QUIET_ROUNDS = 3;

  private static final int SOCKET_SECONDS = 5;
  private static final long PAUSE_MILLIS = 500;

  private final DatabaseConfiguration.Server server;
  private final Queue<Listener> listeners = new ConcurrentLinkedQueue<>();
  private final Queue<Listener> fresh = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "announcements");
  private volatile boolean closed;

  private record Listener(String channel, Consumer<String> heard, Runnable missed) {}

  Announcements(DatabaseConfiguration.Server server) {
    this.server = server;
    thread.setDaemon(true);
  }

  /** Listens to a database by these credentials. */
  public static Announcements of(String url, String user, String password) {
    return new Announcements(new DatabaseConfiguration.Server(url, user, password));
  }

  /**
   * Listens to a channel, from within a second on; all callbacks run on one thread and must be
   * quick.
   *
   * @param channel a name of letters and underscores
   * @param heard given what was announced
   * @param missed announcements may have been missed, also at the very beginning
   */
  public synchronized void listen(String channel, Consumer<String> heard, Runnable missed) {
    if (!channel.matches("[a-z_]+")) {
      throw new IllegalArgumentException("cannot listen to " + channel);
    }
    Listener listener = new Listener(channel, heard, missed);
    listeners.add(listener);
    fresh.add(listener);
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  private void run() {
    boolean told = false;
    while (!closed) {
      try (Connection connection = connect()) {
        told = false;
        listeners.forEach(listener -> listener.missed.run());
        follow(connection);
      } catch (SQLException | RuntimeException e) {
        if (!closed && !told) {
          LOG.warn("Announcements of the database are not heard now: {}", e.getMessage());
          told = true;
        }
      }
      pause();
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("ApplicationName", "caravan-hub announcements");
    properties.setProperty("connectTimeout", Integer.toString(SOCKET_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    Connection connection = DriverManager.getConnection(server.url(), properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set role hub_app");
      for (Listener listener : listeners) {
        statement.execute("listen " + listener.channel);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void follow(Connection connection) throws SQLException {
    PGConnection announced = connection.unwrap(PGConnection.class);
    int quiet = 0;
    while (!closed) {
      listenToFresh(connection);
      PGNotification @Nullable [] heard = announced.getNotifications(WAIT_MILLIS);
      if (heard != null && heard.length > 0) {
        quiet = 0;
        for (PGNotification notification : heard) {
          listeners.stream()
              .filter(listener -> listener.channel.equals(notification.getName()))
              .forEach(listener -> listener.heard.accept(notification.getParameter()));
        }
      } else if (++quiet == QUIET_ROUNDS) {
        quiet = 0;
        try (Statement statement = connection.createStatement()) {
          statement.execute("select 1");
        }
      }
    }
  }

  private void listenToFresh(Connection connection) throws SQLException {
    for (Listener listener = fresh.poll(); listener != null; listener = fresh.poll()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("listen " + listener.channel);
      }
      listener.missed.run();
    }
  }

  private void pause() {
    try {
      if (!closed) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void destroy() {
    closed = true;
    thread.interrupt();
  }
}
