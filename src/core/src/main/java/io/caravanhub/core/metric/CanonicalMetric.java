package io.caravanhub.core.metric;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric of the catalogue.
 *
 * @param key its name, for instance {@code supply_air_temp}
 * @param group the trade it belongs to: hvac, refrigeration, pumps, …
 * @param type what its values are
 * @param unit UCUM code of the unit that values are stored in, or null when they have none
 * @param min lowest plausible value, or null
 * @param max highest plausible value, or null
 * @param haystack tags of Project Haystack
 * @param brick class of the Brick schema
 * @param description one line in English
 */
public record CanonicalMetric(
    String key,
    String group,
    Type type,
    @Nullable String unit,
    @Nullable Double min,
    @Nullable Double max,
    List<String> haystack,
    String brick,
    String description) {

  /** What values are; all but texts are stored as numbers, true and false as 1 and 0. */
  public enum Type {
    NUMBER,
    INTEGER,
    BOOLEAN,
    TEXT
  }

  /** Whether values are texts. */
  public boolean isText() {
    return type == Type.TEXT;
  }
}
