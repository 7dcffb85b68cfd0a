package io.caravanhub.hub.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * What has changed, told to every hub on the database: at once by NOTIFY, over a connection of its
 * own that is made again whenever it is lost, and within a second by a look at the table changes,
 * over another one. Each change is told once, or after a long time without the database not singly:
 * listeners are then told to look for themselves. Thread-safe.
 */
public final class Announcements implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final String CHANNEL = "hub_changes";
  private static final int WAIT_MILLIS = 1_000;

  /** Quiet rounds after which the connection is tried, for a cut one says nothing either. */
  private static final int QUIET_ROUNDS = 3;

  private static final int REMEMBERED = 50_000;
  private static final long PAUSE_MILLIS = 500;
  private static final long LOOK_MILLIS = 1_000;

  private final SideConnection listening;
  private final ChangeLog log;
  private final @Nullable SideConnection own;
  private final Queue<Listener> listeners = new ConcurrentLinkedQueue<>();
  private final Queue<Listener> fresh = new ConcurrentLinkedQueue<>();
  private final Map<Long, Boolean> told =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final Thread notified = new Thread(this::run, "announcements");
  private final Thread catchingUp = new Thread(this::catchUp, "changes");
  private volatile boolean closed;

  private record Listener(String topic, Consumer<String> heard, Runnable missed) {}

  Announcements(DatabaseConfiguration.Server server, SideConnection side) {
    this(server, side, null);
  }

  private Announcements(
      DatabaseConfiguration.Server server, SideConnection side, @Nullable SideConnection own) {
    this.listening = new SideConnection(server, "announcements");
    this.log = new ChangeLog(side);
    this.own = own;
    notified.setDaemon(true);
    catchingUp.setDaemon(true);
  }

  /** Listens to a database by these credentials. */
  public static Announcements of(String url, String user, String password) {
    SideConnection side = SideConnection.of(url, user, password, "changes");
    return new Announcements(new DatabaseConfiguration.Server(url, user, password), side, side);
  }

  /**
   * Listens to a topic, from within a second on; callbacks run one after the other and must not
   * wait for anything, least of all the database.
   *
   * @param topic as it is given to the function announce_change
   * @param heard given what was announced
   * @param missed changes may have been missed, also at the very beginning
   */
  public synchronized void listen(String topic, Consumer<String> heard, Runnable missed) {
    Listener listener = new Listener(topic, heard, missed);
    listeners.add(listener);
    fresh.add(listener);
    if (notified.getState() == Thread.State.NEW) {
      notified.start();
      catchingUp.start();
    }
  }

  /** A change, by whichever way it came; the other way brings it again. */
  private synchronized void tell(long id, String topic, String what) {
    if (told.putIfAbsent(id, true) != null) {
      return;
    }
    for (Listener listener : listeners) {
      if (listener.topic.equals(topic)) {
        safely(() -> listener.heard.accept(what));
      }
    }
  }

  private synchronized void missed(Collection<Listener> some) {
    some.forEach(listener -> safely(listener.missed));
  }

  private static void safely(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      LOG.error("A change could not be taken over", e);
    }
  }

  private void run() {
    boolean said = false;
    while (!closed) {
      try (Connection connection = listening.connect()) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("listen " + CHANNEL);
        }
        said = false;
        follow(connection);
      } catch (SQLException | RuntimeException e) {
        if (!closed && !said) {
          LOG.warn("Announcements of the database are not heard now: {}", e.getMessage());
          said = true;
        }
      }
      pause(PAUSE_MILLIS);
    }
  }

  private void follow(Connection connection) throws SQLException {
    PGConnection announced = connection.unwrap(PGConnection.class);
    int quiet = 0;
    while (!closed) {
      PGNotification @Nullable [] heard = announced.getNotifications(WAIT_MILLIS);
      if (heard != null && heard.length > 0) {
        quiet = 0;
        for (PGNotification notification : heard) {
          String[] change = notification.getParameter().split(" ", 3);
          tell(Long.parseLong(change[0]), change[1], change[2]);
        }
      } else if (++quiet == QUIET_ROUNDS) {
        quiet = 0;
        try (Statement statement = connection.createStatement()) {
          statement.execute("select 1");
        }
      }
    }
  }

  private void catchUp() {
    while (!closed) {
      try {
        // Those that come during the look are told after the next.
        List<Listener> before = List.copyOf(fresh);
        boolean whole = log.look(this::tell);
        fresh.removeAll(before);
        missed(whole ? before : listeners);
      } catch (SQLException | RuntimeException e) {
        LOG.debug("Changes are not looked at now", e);
      }
      pause(LOOK_MILLIS);
    }
  }

  private void pause(long millis) {
    try {
      if (!closed) {
        TimeUnit.MILLISECONDS.sleep(millis);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void destroy() {
    closed = true;
    notified.interrupt();
    catchingUp.interrupt();
    if (own != null) {
      own.destroy();
    }
  }
}
