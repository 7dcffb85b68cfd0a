package io.caravanhub.hub.console;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Answers that may be a few seconds old, by key. Thread-safe; two callers at once may both ask. */
final class Remembered<T> {
  private static final int MOST = 500;

  private record Answer<T>(T value, long nanos) {}

  private final Map<String, Answer<T>> answers = new ConcurrentHashMap<>();
  private final long nanos;

  Remembered(Duration howLong) {
    this.nanos = howLong.toNanos();
  }

  T get(String key, Supplier<T> question) {
    Answer<T> known = answers.get(key);
    long now = System.nanoTime();
    if (known != null && now - known.nanos() < nanos) {
      return known.value();
    }
    if (answers.size() >= MOST) {
      answers.values().removeIf(a -> now - a.nanos() >= nanos);
    }
    T value = question.get();
    answers.put(key, new Answer<>(value, now));
    return value;
  }
}
