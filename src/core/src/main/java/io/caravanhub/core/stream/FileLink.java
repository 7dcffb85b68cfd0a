package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.drop.DropFolder;
import io.caravanhub.core.drop.DropPlan;
import io.caravanhub.core.drop.Dropped;
import io.caravanhub.core.drop.Row;
import io.caravanhub.core.drop.Rows;
import io.caravanhub.core.payload.PayloadException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files are read row by row. So many rows are handed on at once; when all of them
 * are done the next are read, and when all of a file are, it is put away. Nothing waits.
 */
final class FileLink implements StreamLink {
  private static final int ROWS = 500;
  private static final long BYTES = 4L << 20;
  private static final int TRIED = 20;
  private static final long LOOK_MILLIS = 1_000;

  private final DropFolder folder;
  private final DropPlan plan;
  private final LinkOptions options;
  private final StreamListener listener;
  private final Queue<Dropped> waiting = new ArrayDeque<>();
  private volatile boolean closed;
  private volatile @Nullable Future<?> looks;
  private @Nullable Rows rows;
  private @Nullable Dropped taken;
  private @Nullable String unread;
  private boolean ended;
  private long read;

  private FileLink(DropFolder folder, DropPlan plan, LinkOptions options, StreamListener listener) {
    this.folder = folder;
    this.plan = plan;
    this.options = options;
    this.listener = listener;
  }

  static StreamLink of(
      StreamPlan plan, CloudAccess access, LinkOptions options, StreamListener listener) {
    String name = access.value("folder");
    if (name == null) {
      throw CloudException.wrong("{folder}: absent");
    }
    DropPlan drop = Objects.requireNonNull(plan.drop());
    boolean deletes = "delete".equals(access.value("done"));
    return new FileLink(
        new DropFolder(options.folders().folder(name), drop, deletes), drop, options, listener);
  }

  @Override
  public void open() {
    run(options.durable() ? this::begin : this::show);
  }

  private interface Step {
    void take() throws IOException;
  }

  private void run(Step step) {
    options
        .threads()
        .execute(
            () -> {
              try {
                if (!closed) {
                  step.take();
                }
              } catch (IOException | RuntimeException e) {
                end(failure(e));
              }
            });
  }

  /** Without the path, which is the operator's. */
  private static CloudException failure(Exception e) {
    if (e instanceof CloudException cloud) {
      return cloud;
    }
    String what =
        e instanceof FileSystemException file
            ? file.getClass().getSimpleName()
            : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return CloudException.unavailable("the folder cannot be read or written: " + what, null);
  }

  private void end(CloudException why) {
    if (!closed) {
      close();
      listener.ended(why);
    }
  }

  private void begin() throws IOException {
    folder.prepare();
    listener.connected("", false);
    looks =
        options
            .clock()
            .scheduleWithFixedDelay(() -> run(this::look), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    if (closed) {
      close();
    }
  }

  private void look() throws IOException {
    if (rows == null && waiting.isEmpty()) {
      waiting.addAll(folder.settled());
      take();
    }
  }

  private void take() throws IOException {
    while (rows == null && !waiting.isEmpty()) {
      Dropped file = waiting.remove();
      if (!folder.hasChanged(file)) {
        taken = file;
        rows = opened(file);
      }
    }
    if (rows != null) {
      read = 0;
      batch();
    }
  }

  /** Null when it is gone, or was put aside because it cannot be read at all. */
  private @Nullable Rows opened(Dropped file) throws IOException {
    if (Files.isSymbolicLink(file.path())) {
      putAside(file, "is a symbolic link, which is not followed");
      return null;
    }
    try {
      return Rows.open(plan, file.path());
    } catch (NoSuchFileException gone) {
      return null;
    } catch (PayloadException e) {
      putAside(file, String.valueOf(e.getMessage()));
    } catch (AccessDeniedException e) {
      putAside(file, "the hub may not read it");
    }
    return null;
  }

  private void putAside(Dropped file, String reason) throws IOException {
    folder.failed(file, reason);
    listener.unread(file.name() + ": " + reason);
  }

  private void batch() throws IOException {
    List<Row> batch = new ArrayList<>();
    long bytes = 0;
    try {
      while (!ended && batch.size() < ROWS && bytes < BYTES) {
        Row row = Objects.requireNonNull(rows).next();
        ended = row == null;
        if (row != null) {
          batch.add(row);
          bytes += row.payload().length;
        }
      }
    } catch (PayloadException e) {
      unread = e.getMessage();
      ended = true;
    }
    if (batch.isEmpty()) {
      finish();
      return;
    }
    read += batch.size();
    AtomicInteger open = new AtomicInteger(batch.size());
    Runnable done =
        () -> {
          if (open.decrementAndGet() == 0) {
            run(this::batch);
          }
        };
    Dropped file = Objects.requireNonNull(taken);
    batch.forEach(row -> listener.received(message(file, row, done)));
  }

  private static Received message(Dropped file, Row row, Runnable done) {
    return new Received(
        file.name() + "/" + row.line(),
        row.payload(),
        false,
        file.modified(),
        done,
        new FilePlace(file.name(), row.line(), file.modified(), row.problem()));
  }

  private void finish() throws IOException {
    Dropped file = Objects.requireNonNull(taken);
    String reason = unread;
    release();
    if (reason == null) {
      folder.done(file);
    } else {
      putAside(file, reason + "; the " + read + " rows before it are read");
    }
    run(this::take);
  }

  private void release() throws IOException {
    Rows open = rows;
    rows = null;
    taken = null;
    unread = null;
    ended = false;
    if (open != null) {
      open.close();
    }
  }

  /** The first rows of the first file, which stays where it is. */
  private void show() throws IOException {
    listener.connected("", false);
    for (Dropped file : folder.all()) {
      if (Files.isSymbolicLink(file.path())) {
        continue;
      }
      try (Rows first = Rows.open(plan, file.path())) {
        Row row = first.next();
        for (int i = 0; i < TRIED && row != null; i++) {
          listener.received(message(file, row, () -> {}));
          row = first.next();
        }
        return;
      } catch (PayloadException e) {
        throw CloudException.wrong(file.name() + ": " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Future<?> timer = looks;
    if (timer != null) {
      timer.cancel(false);
    }
    options
        .threads()
        .execute(
            () -> {
              try {
                release();
              } catch (IOException e) {
                // It was only read.
              }
            });
  }
}
