package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps parts of gateways' messages as payloads. They are read already and have to be written
 * again, so that is done for ten a second. Thread-safe.
 */
final class KeptParts {
  private static final Logger LOG = LoggerFactory.getLogger(KeptParts.class);
  private static final long PAUSE_MILLIS = 100;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PayloadRing payloads;
  private final AtomicLong last = new AtomicLong();

  KeptParts(PayloadRing payloads) {
    this.payloads = payloads;
  }

  /**
   * Keeps a part, or passes it over.
   *
   * @param now epoch milliseconds
   */
  void keep(long now, @Nullable String device, Object part) {
    long before = last.get();
    if (now - before < PAUSE_MILLIS || !last.compareAndSet(before, now)) {
      return;
    }
    try {
      payloads.add(now, device, JSON.writeValueAsBytes(part));
    } catch (JsonProcessingException e) {
      LOG.debug("A part cannot be shown", e);
    }
  }
}
