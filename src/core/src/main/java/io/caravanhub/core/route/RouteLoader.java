package io.caravanhub.core.route;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads route files into a running Camel context, one by one, and keeps up with the folders: a file
 * dropped in, changed or deleted takes effect within three seconds and touches no other route.
 *
 * <p>A file that cannot be in force is refused alone, with its reason and line; of a changed file
 * the last good version goes on running. Policies ({@code policy/*.camel.yaml}) are loaded first,
 * then kamelets, then routes that listen inside the process, then those that listen to the outside.
 * When a policy or a kamelet changes, the routes that use it are loaded anew; if one of them then
 * fails, all go back to the version before. A policy or kamelet that is deleted while routes use it
 * stays in force until they are gone.
 *
 * <p>Start it once the context has started. All methods may be called from any thread. Route text
 * comes from files only, by intention: routes are code, written by trusted engineers.
 */
public final class RouteLoader implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);
  static final Duration POLL = Duration.ofMillis(800);

  private final CamelContext context;
  private final RouteFolders folders;
  private final Announcer announcer;
  private final RouteFiles files;
  private final List<RouteFileListener> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService poller =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "route-files");
            thread.setDaemon(true);
            return thread;
          });
  private final Duration poll;
  private boolean folderTrouble;

  /**
   * @param context where routes run
   * @param folders searched with their subfolders; one that is absent may come later
   */
  public RouteLoader(CamelContext context, List<Path> folders) {
    this(context, folders, POLL);
  }

  RouteLoader(CamelContext context, List<Path> folders, Duration poll) {
    this.context = context;
    this.poll = poll;
    this.folders = new RouteFolders(folders.stream().map(Path::normalize).toList());
    this.announcer = new Announcer(listeners);
    this.files = new RouteFiles(context, Clock.systemUTC(), announcer);
  }

  /** Adds a listener; add it before the start to hear of everything. */
  public RouteLoader listen(RouteFileListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Loads all files there are and begins to watch. Bad files never make it fail.
   *
   * @throws IllegalStateException when the context has not started: Camel would then stop the whole
   *     start-up for one bad route
   */
  public RouteLoader start() {
    if (!context.isStarted()) {
      throw new IllegalStateException("start the Camel context before its route files");
    }
    look(true);
    announcer.started();
    var unused =
        poller.scheduleWithFixedDelay(
            () -> look(false), poll.toMillis(), poll.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** Every file known, by path, as it stands now. */
  public List<RouteFile> files() {
    return files.shown();
  }

  /** Stops watching; the routes go on until their context stops. */
  @Override
  public void close() {
    stop(poller);
  }

  private static void stop(ExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look(boolean first) {
    try {
      if (context.isStarted()) {
        files.apply(first ? folders.first() : folders.poll());
      }
      folderTrouble = false;
    } catch (IOException e) {
      if (!folderTrouble) {
        LOG.warn("Route folders cannot be read, running routes are kept: {}", e.toString());
      }
      folderTrouble = true;
    } catch (RuntimeException | LinkageError e) {
      LOG.error("Route files: {}", e.toString(), e);
    }
  }
}
