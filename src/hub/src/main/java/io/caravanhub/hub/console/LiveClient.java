package io.caravanhub.hub.console;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A browser that watches a page. It gets what changed since its last message; while it is slow to
 * take one, ticks pass it by, so that nothing queues up.
 */
final class LiveClient {
  private static final int SILENT_TICKS = 5;

  private final SseEmitter emitter;
  private final String subject;
  private final Map<String, String> known = new HashMap<>();
  private final AtomicBoolean busy = new AtomicBoolean();
  private int silent;

  LiveClient(SseEmitter emitter, String subject) {
    this.emitter = emitter;
    this.subject = subject;
  }

  boolean isOf(String subject) {
    return this.subject.equals(subject);
  }

  /**
   * Hands the sections over to a writer thread, or passes when the last ones are still on the way.
   */
  void offer(Map<String, String> sections, Executor writers) {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    try {
      writers.execute(
          () -> {
            try {
              write(sections);
            } finally {
              busy.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      busy.set(false);
    }
  }

  /** Ends the stream; the browser comes back by itself. */
  void close() {
    try {
      emitter.complete();
    } catch (IllegalStateException e) {
      // It has gone by itself, and the container has not said so yet.
    }
  }

  private void write(Map<String, String> sections) {
    Map<String, String> changed = new LinkedHashMap<>();
    sections.forEach(
        (id, html) -> {
          if (!html.equals(known.put(id, html))) {
            changed.put(id, html);
          }
        });
    try {
      if (!changed.isEmpty()) {
        silent = 0;
        emitter.send(
            SseEmitter.event()
                .data(Map.of("now", System.currentTimeMillis(), "sections", changed)));
      } else if (++silent % SILENT_TICKS == 0) {
        emitter.send(SseEmitter.event().comment("still here"));
      }
    } catch (IOException | IllegalStateException e) {
      // The browser has gone; completing tells the container, which calls the emitter's callbacks.
      emitter.completeWithError(e);
    }
  }
}
