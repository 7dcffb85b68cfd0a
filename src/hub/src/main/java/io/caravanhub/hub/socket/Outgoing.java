package io.caravanhub.hub.socket;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A socket's answers, sent one after the other. Nobody waits for a client that does not read: its
 * answers wait here up to a bound, then it is given up. Thread-safe.
 */
final class Outgoing {
  private static final int UNSENT_MAX = 1 << 20;

  private final RemoteEndpoint.Async remote;
  private final Runnable end;
  private final ArrayDeque<String> unsent = new ArrayDeque<>();
  private int characters;
  private boolean sending;
  private boolean givenUp;

  /**
   * Sends nothing yet.
   *
   * @param end called once a send has failed, on the thread that noticed
   */
  Outgoing(RemoteEndpoint.Async remote, Runnable end) {
    this.remote = remote;
    this.end = end;
  }

  void send(String text) {
    synchronized (this) {
      if (givenUp) {
        return;
      }
      if (sending && characters + text.length() > UNSENT_MAX) {
        // The send under way ends the socket when it ends itself, at the latest by its timeout.
        givenUp = true;
        unsent.clear();
        return;
      }
      characters += text.length();
      unsent.add(text);
      if (sending) {
        return;
      }
      sending = true;
    }
    drain();
  }

  /** A loop, because a send that is done at once would make a stack of calls. */
  private void drain() {
    for (String text = next(); text != null; text = next()) {
      AtomicBoolean first = new AtomicBoolean();
      try {
        remote.sendText(
            text,
            result -> {
              judge(result);
              if (!first.compareAndSet(false, true)) {
                drain();
              }
            });
      } catch (RuntimeException e) {
        giveUp();
        end.run();
        return;
      }
      if (first.compareAndSet(false, true)) {
        return;
      }
    }
  }

  private synchronized @Nullable String next() {
    String text = unsent.poll();
    if (text == null) {
      sending = false;
    } else {
      characters -= text.length();
    }
    return text;
  }

  private void judge(SendResult result) {
    boolean ended;
    synchronized (this) {
      ended = givenUp || !result.isOK();
    }
    if (ended) {
      giveUp();
      end.run();
    }
  }

  private synchronized void giveUp() {
    givenUp = true;
    unsent.clear();
  }
}
