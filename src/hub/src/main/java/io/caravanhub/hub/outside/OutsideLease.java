package io.caravanhub.hub.outside;

import io.caravanhub.core.mqtt.BrokerLease;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.lease.Lease;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The lease of one broker outside, wanted while a route takes messages from it. Thread-safe. */
final class OutsideLease implements BrokerLease {
  private final String name;
  private final String clientId;
  private final HubLeases leases;
  private final Lease lease;
  private final Runnable forget;
  private final Object wanting = new Object();
  private final List<Runnable> users = new ArrayList<>();
  private volatile boolean takenOver;

  /** The epoch for which what this hub remembers is good. */
  private volatile long epoch;

  /**
   * @param forget what this hub remembers of messages, for another has taken some meanwhile
   */
  OutsideLease(String name, String clientId, HubLeases leases, Runnable forget) {
    this.name = name;
    this.clientId = clientId;
    this.leases = leases;
    this.forget = forget;
    this.lease = leases.lease(name);
  }

  @Override
  public String clientId() {
    return clientId;
  }

  /**
   * A hub that was alone goes on while it cannot renew, for what it takes it keeps until the
   * database is back; unless the broker has told that another is there.
   */
  @Override
  public boolean isHeld() {
    long now = lease.epoch();
    if (now > 0) {
      return now == epoch;
    }
    return !takenOver && epoch > 0 && leases.mayGoOn(lease);
  }

  @Override
  public void want(Runnable gained) {
    synchronized (wanting) {
      synchronized (users) {
        users.add(gained);
      }
      leases.want(name);
    }
  }

  @Override
  public void leave(Runnable gained) {
    synchronized (wanting) {
      synchronized (users) {
        users.remove(gained);
        if (!users.isEmpty()) {
          return;
        }
      }
      leases.giveBack(name);
    }
  }

  @Override
  public void takenOver() {
    takenOver = true;
  }

  void gained() {
    long now = lease.epoch();
    if (now == 0) {
      return;
    }
    takenOver = false;
    if (now != epoch) {
      forget.run();
      epoch = now;
    }
    List<Runnable> all;
    synchronized (users) {
      all = List.copyOf(users);
    }
    all.forEach(Runnable::run);
  }

  /** Which hub takes messages now, in words. */
  String taker() {
    if (isHeld()) {
      return "this hub";
    }
    try {
      String holder = leases.holder(name);
      return holder.isEmpty() ? "no hub" : holder;
    } catch (SQLException e) {
      return "not known: " + e.getMessage();
    }
  }
}
