package io.caravanhub.sim.bacnet;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The intrinsic out-of-range alarm of the filter (clause 13.3.6): high-limit above the limit,
 * normal again a deadband below it. Whoever has subscribed to a change stands in for the recipient
 * list of a notification class. One thread.
 */
final class FilterAlarm {
  private static final int NORMAL = 0;
  private static final int HIGH_LIMIT = 3;
  private static final float DEADBAND = 10;

  private final RooftopObjects objects;
  private final Supplier<Set<InetSocketAddress>> recipients;
  private final BiConsumer<InetSocketAddress, byte[]> sender;
  private long sequence;
  private long raised;
  private boolean acknowledged = true;

  FilterAlarm(
      RooftopObjects objects,
      Supplier<Set<InetSocketAddress>> recipients,
      BiConsumer<InetSocketAddress, byte[]> sender) {
    this.objects = objects;
    this.recipients = recipients;
    this.sender = sender;
  }

  void look() {
    double drop = objects.value(RooftopObjects.FILTER);
    int state = objects.filterState();
    if (state == NORMAL && drop > objects.filterLimit()) {
      acknowledged = false;
      becomes(HIGH_LIMIT, drop);
      raised = sequence;
    } else if (state == HIGH_LIMIT && drop < objects.filterLimit() - DEADBAND) {
      becomes(NORMAL, drop);
    }
  }

  private void becomes(int state, double drop) {
    int from = objects.filterState();
    objects.setFilterState(state);
    sequence++;
    byte[] notification =
        new Octets()
            .add(0x10, 3)
            .number(0, 0)
            .object(1, objects.device())
            .object(2, RooftopObjects.FILTER)
            .open(3)
            .number(1, sequence)
            .close(3)
            .number(4, 1)
            .number(5, state == HIGH_LIMIT ? 100 : 200)
            .number(6, 5)
            .text(7, state == HIGH_LIMIT ? "Filter clogged" : "Filter free")
            .number(8, 0)
            .number(9, state == HIGH_LIMIT ? 1 : 0)
            .number(10, from)
            .number(11, state)
            .open(12)
            .open(5)
            .real(0, (float) drop)
            .bits(1, 4, objects.flags(RooftopObjects.FILTER))
            .real(2, DEADBAND)
            .real(3, objects.filterLimit())
            .close(5)
            .close(12)
            .all();
    recipients.get().forEach(to -> sender.accept(to, notification));
  }

  /** GetEventInformation (clause 13.12). */
  byte[] summary() {
    Octets out = new Octets().open(0);
    if (objects.filterState() != NORMAL || !acknowledged) {
      out.object(0, RooftopObjects.FILTER)
          .number(1, objects.filterState())
          .bits(2, 5, acknowledged ? 0xE0 : 0x60)
          .open(3)
          .number(1, raised)
          .number(1, 0)
          .number(1, sequence)
          .close(3)
          .number(4, 0)
          .bits(5, 5, 0xE0)
          .open(6)
          .unsigned(100)
          .unsigned(100)
          .unsigned(200)
          .close(6);
    }
    return out.close(0).number(1, 0).all();
  }

  /** AcknowledgeAlarm (clause 13.5). */
  byte[] acknowledge(Request request) {
    request.number(0);
    long object = request.number(1);
    request.number(2);
    long time = request.sequence(3);
    if (object != RooftopObjects.FILTER || time != raised) {
      // services, invalid-time-stamp
      throw Refusal.error(5, 14);
    }
    acknowledged = true;
    return new byte[0];
  }
}
