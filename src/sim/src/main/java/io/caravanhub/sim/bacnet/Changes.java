package io.caravanhub.sim.bacnet;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** SubscribeCOV and its notifications (clauses 13.1, 13.6, 13.7 and 13.14). One thread. */
final class Changes {
  private static final int MOST = 256;

  private final RooftopObjects objects;
  private final BiConsumer<InetSocketAddress, byte[]> sender;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private int invokeId;

  private static final class Subscription {
    final InetSocketAddress to;
    final long process;
    final long object;
    final boolean confirmed;
    final long endsAt;
    double told = Double.NaN;
    int flags = -1;

    Subscription(InetSocketAddress to, long process, long object, boolean confirmed, long endsAt) {
      this.to = to;
      this.process = process;
      this.object = object;
      this.confirmed = confirmed;
      this.endsAt = endsAt;
    }
  }

  Changes(RooftopObjects objects, BiConsumer<InetSocketAddress, byte[]> sender) {
    this.objects = objects;
    this.sender = sender;
  }

  byte[] subscribe(InetSocketAddress from, Request request) {
    long process = request.number(0);
    long object = request.number(1);
    if (!objects.has(object)) {
      throw Refusal.error(1, 31);
    }
    String key = from + " " + process + " " + object;
    if (request.atEnd()) {
      subscriptions.remove(key);
      return new byte[0];
    }
    if (subscriptions.size() >= MOST && !subscriptions.containsKey(key)) {
      // resources, no-space-to-add-list-element
      throw Refusal.error(3, 19);
    }
    boolean confirmed = request.number(2) != 0;
    long seconds = request.number(3);
    long endsAt = seconds == 0 ? Long.MAX_VALUE : now() + seconds * 1000;
    // It begins with a notification, which look() sends, for nothing has been told yet.
    subscriptions.put(key, new Subscription(from, process, object, confirmed, endsAt));
    return new byte[0];
  }

  Set<InetSocketAddress> subscribers() {
    return subscriptions.values().stream()
        .map(subscription -> subscription.to)
        .collect(Collectors.toSet());
  }

  /** Tells what has changed by its increment, and forgets what has ended. */
  void look() {
    subscriptions.values().removeIf(subscription -> subscription.endsAt < now());
    for (Subscription subscription : subscriptions.values()) {
      double value = objects.value(subscription.object);
      int flags = objects.flags(subscription.object);
      boolean same =
          Math.abs(value - subscription.told) < objects.increment(subscription.object)
              && flags == subscription.flags;
      if (!same) {
        subscription.told = value;
        subscription.flags = flags;
        tell(subscription);
      }
    }
  }

  private void tell(Subscription subscription) {
    long left = subscription.endsAt == Long.MAX_VALUE ? 0 : (subscription.endsAt - now()) / 1000;
    Octets out =
        subscription.confirmed
            ? new Octets().add(0x00, 0x05, invokeId++ & 0xFF, 1)
            : new Octets().add(0x10, 2);
    out.number(0, subscription.process)
        .object(1, objects.device())
        .object(2, subscription.object)
        .number(3, left)
        .open(4)
        .number(0, 85)
        .open(2);
    objects.presentValue(out, subscription.object);
    out.close(2).number(0, 111).open(2).bits(4, subscription.flags).close(2).close(4);
    sender.accept(subscription.to, out.all());
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
