package io.caravanhub.sim.bacnet;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Answers that do not fit into one APDU (clause 5.4.5.3, SEGMENTED_RESPONSE). One thread. */
final class Segments {
  private static final int SEGMENT = 400;
  private static final int WINDOW = 3;
  private static final int MOST_REPEATS = 3;
  private static final int MOST = 32;

  private final BiConsumer<InetSocketAddress, byte[]> sender;
  private final Map<String, Sending> under = new LinkedHashMap<>();

  private static final class Sending {
    final InetSocketAddress to;
    final int invokeId;
    final int service;
    final byte[] answer;
    int first;
    int window = 1;
    int repeats;
    long sentAt;

    Sending(InetSocketAddress to, int invokeId, int service, byte[] answer) {
      this.to = to;
      this.invokeId = invokeId;
      this.service = service;
      this.answer = answer;
    }

    int count() {
      return (answer.length + SEGMENT - 1) / SEGMENT;
    }
  }

  Segments(BiConsumer<InetSocketAddress, byte[]> sender) {
    this.sender = sender;
  }

  void answer(InetSocketAddress to, int invokeId, int service, byte[] answer) {
    if (answer.length + 3 <= RooftopObjects.MAX_APDU) {
      sender.accept(to, new Octets().add(0x30, invokeId, service).add(answer).all());
      return;
    }
    Sending sending = new Sending(to, invokeId, service, answer);
    if (under.size() >= MOST) {
      under.remove(under.keySet().iterator().next());
    }
    under.put(to + " " + invokeId, sending);
    send(sending);
  }

  void acknowledged(InetSocketAddress from, int invokeId, int sequence, int window) {
    Sending sending = under.get(from + " " + invokeId);
    if (sending == null) {
      return;
    }
    sending.first = sequence + 1;
    sending.window = Math.max(1, window);
    sending.repeats = 0;
    if (sending.first >= sending.count()) {
      under.remove(from + " " + invokeId);
    } else {
      send(sending);
    }
  }

  /** Sends again what nobody has acknowledged for a while. */
  void repeat() {
    long now = System.nanoTime();
    under.values().removeIf(sending -> sending.repeats >= MOST_REPEATS);
    for (Sending sending : under.values()) {
      if (now - sending.sentAt > 500_000_000L) {
        sending.repeats++;
        send(sending);
      }
    }
  }

  private void send(Sending sending) {
    sending.sentAt = System.nanoTime();
    int end = Math.min(sending.count(), sending.first + sending.window);
    for (int i = sending.first; i < end; i++) {
      byte[] part =
          Arrays.copyOfRange(
              sending.answer, i * SEGMENT, Math.min(sending.answer.length, (i + 1) * SEGMENT));
      boolean more = i < sending.count() - 1;
      sender.accept(
          sending.to,
          new Octets()
              .add(more ? 0x3C : 0x38, sending.invokeId, i, WINDOW, sending.service)
              .add(part)
              .all());
    }
  }
}
