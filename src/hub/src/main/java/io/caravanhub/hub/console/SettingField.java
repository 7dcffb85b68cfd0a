package io.caravanhub.hub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a form that a JSON Schema makes.
 *
 * @param name of the setting
 * @param kind {@code text}, {@code secret}, {@code choice}, {@code flag} or {@code number}
 * @param set whether a secret is set, which is never shown
 * @param value as it stands in the field; empty for secrets
 * @param choices of a choice
 * @param min as the schema says, or null
 * @param max as the schema says, or null
 * @param problem what is wrong with what was entered, or null
 */
public record SettingField(
    String name,
    String title,
    String description,
    String kind,
    boolean required,
    boolean set,
    String value,
    List<String> choices,
    @Nullable String min,
    @Nullable String max,
    boolean whole,
    String example,
    @Nullable String problem) {
  public SettingField {
    choices = List.copyOf(choices);
  }
}
