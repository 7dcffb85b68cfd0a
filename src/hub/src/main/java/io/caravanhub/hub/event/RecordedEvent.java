package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that has just been inserted, became worse, came back or was released, inside its
 * transaction.
 *
 * @param id of the row
 * @param detection what led to it
 * @param problem the group it belongs to
 * @param recurrenceOf the closed event that it is a return of, or null
 */
public record RecordedEvent(
    UUID id, Detection detection, Problem problem, @Nullable UUID recurrenceOf) {

  /** One that was never recorded, as dry runs have them: a problem of its own. */
  public RecordedEvent(UUID id, Detection detection) {
    this(
        id,
        detection,
        new Problem(
            id, asset(detection), detection.rule().outcome().family(), detection.onset(), null),
        null);
  }

  /** The asset it concerns; a device that watches none stands for itself. */
  public String asset() {
    return asset(detection);
  }

  private static String asset(Detection detection) {
    String asset = detection.device().asset();
    return asset == null ? detection.device().id() : asset;
  }
}
