package io.caravanhub.hub.event;

import io.caravanhub.hub.rules.Detection;
import java.util.UUID;

/**
 * An event that has just been inserted, inside its transaction.
 *
 * @param id of the row
 * @param detection what led to it
 */
public record RecordedEvent(UUID id, Detection detection) {

  /** The asset it concerns; a device that watches none stands for itself. */
  public String asset() {
    String asset = detection.device().asset();
    return asset == null ? detection.device().id() : asset;
  }
}
