package io.caravanhub.hub.console;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;

/**
 * A latest value, ready to be shown.
 *
 * @param metric its key
 * @param label its name
 * @param value number or text
 * @param unit as people write it, empty when there is none
 * @param quality good, suspect or bad
 * @param remark why the quality is not good, or empty
 */
public record Reading(
    String metric, String label, String value, String unit, String quality, String remark) {

  static Reading of(Measurement m, Wording wording) {
    String text = m.text();
    String reason = m.reason();
    return new Reading(
        m.metric(),
        wording.key(m.metric()),
        text != null ? text : wording.number(m.value()),
        text != null ? "" : wording.unit(m.unit()),
        m.quality().label(),
        m.quality() == Quality.GOOD || reason == null ? "" : reason);
  }
}
