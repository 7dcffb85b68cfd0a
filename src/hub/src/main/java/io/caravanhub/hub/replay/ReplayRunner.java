package io.caravanhub.hub.replay;

import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.lease.Lease;
import io.caravanhub.hub.replay.ReplayWork.NotNowException;
import io.caravanhub.hub.role.HubRoles;
import io.caravanhub.hub.settings.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Runs the replays, one at a time on a thread of its own, each tenant's oldest first, in the one
 * hub that has the lease. What each step did is in the table, so a hub that was stopped, or lost
 * the lease, goes on where it was, or another does. Thread-safe.
 */
@Component
class ReplayRunner implements Runnable, DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayRunner.class);
  private static final long LOOK_MILLIS = 30_000;
  private static final long PAUSE_MILLIS = 1_000;

  private final ReplayJobs jobs;
  private final Map<String, ReplayKind> kinds;
  private final HubRoles roles;
  private final HubLeases leases;
  private final Announcements announcements;
  private volatile @Nullable Lease lease;
  private final Thread thread = new Thread(this, "replays");
  private boolean rung;
  private boolean closed;

  ReplayRunner(
      ReplayJobs jobs,
      Map<String, ReplayKind> kinds,
      HubRoles roles,
      HubLeases leases,
      Announcements announcements) {
    this.jobs = jobs;
    this.kinds = kinds;
    this.roles = roles;
    this.leases = leases;
    this.announcements = announcements;
  }

  /** Begins, once the routes are there or on their way. */
  @EventListener(ApplicationReadyEvent.class)
  public void start() {
    if (thread.getState() == Thread.State.NEW && roles.has(Role.PIPELINE)) {
      lease = leases.want(ReplayJobs.LEASE);
      leases.onGain(
          gained -> {
            if (gained.equals(ReplayJobs.LEASE)) {
              ring();
            }
          });
      announcements.listen("hub_replays", tenant -> ring(), this::ring);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** There is work. */
  synchronized void ring() {
    rung = true;
    notifyAll();
  }

  @Override
  public void run() {
    boolean more = true;
    while (pause(more)) {
      more = false;
      try {
        for (String tenant : epoch() > 0 ? jobs.tenants() : List.<String>of()) {
          more |= TenantScope.call(tenant, this::runNext);
        }
      } catch (RuntimeException e) {
        LOG.warn("Replays cannot be looked for now: {}", e.getMessage());
      }
    }
  }

  /** Waits for the bell unless there was more; false when the hub stops. */
  private synchronized boolean pause(boolean more) {
    try {
      if (!more && !rung && !closed) {
        wait(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      return false;
    }
    rung = false;
    return !closed;
  }

  /** Of the lease, 0 while another hub has it. */
  private long epoch() {
    Lease now = lease;
    return now == null ? 0 : now.epoch();
  }

  private boolean runNext() {
    Optional<ReplayJob> next = jobs.next();
    next.ifPresent(this::run);
    return next.isPresent();
  }

  private void run(ReplayJob first) {
    long epoch = epoch();
    if (epoch == 0) {
      return;
    }
    try {
      ReplayKind kind = kinds.get(first.kind());
      if (kind == null) {
        throw new IllegalStateException("no such kind of replay: " + first.kind());
      }
      ReplayWork work = kind.begin(first);
      if (first.total() == null) {
        jobs.begin(first.id(), work.total());
      }
      LOG.info("Replay {} of {} begins", first.id(), first.kind());
      go(first.id(), work, epoch);
    } catch (RuntimeException e) {
      if (isClosed() || epoch() != epoch) {
        return;
      }
      LOG.error("Replay {} failed", first.id(), e);
      jobs.end(first.id(), "failed", String.valueOf(e.getMessage()));
    }
  }

  private void go(String id, ReplayWork work, long epoch) {
    Optional<ReplayJob> job = jobs.find(id);
    while (job.isPresent() && !job.get().ended() && !isClosed() && epoch() == epoch) {
      try {
        ReplayStep step = work.step(job.get());
        if (step.position() == null) {
          jobs.end(id, "done", null);
          LOG.info("Replay {} is done", id);
          return;
        }
        if (step.done() > 0) {
          jobs.note(id, step, epoch);
        }
      } catch (NotNowException e) {
        jobs.notNow(id, String.valueOf(e.getMessage()));
        if (!sleep()) {
          return;
        }
      }
      job = jobs.find(id);
    }
  }

  private synchronized boolean sleep() {
    try {
      if (!closed) {
        wait(PAUSE_MILLIS);
      }
      return !closed;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void destroy() throws InterruptedException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.join(5_000);
  }
}
