package io.caravanhub.hub.ingest;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.limit.ReadingLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Whether a request's readings are let in, all or none. Thread-safe. */
@Component
class Admission {
  private final ReadingLimits limits;

  Admission(ReadingLimits limits) {
    this.limits = limits;
  }

  /**
   * Counts the readings of a request that is about to be stored.
   *
   * @throws ProblemException 413 when one request carries too many, 429 when the tenant or a device
   *     has sent too many
   */
  void admit(List<Telemetry> messages) {
    Map<String, Integer> byDevice = new HashMap<>();
    int readings = 0;
    for (Telemetry message : messages) {
      int count = message.measurements().size();
      byDevice.merge(message.device(), count, Integer::sum);
      readings += count;
    }
    if (readings > ReadingLimits.REQUEST_MAX) {
      throw ProblemException.tooLarge(
          "body",
          "expected at most "
              + ReadingLimits.REQUEST_MAX
              + " readings in a request, got "
              + readings
              + "; send them in several");
    }
    if (!messages.isEmpty()) {
      limits.take(messages.get(0).tenant(), byDevice);
    }
  }
}
