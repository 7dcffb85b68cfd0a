package io.caravanhub.hub.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A field of a message, {@code measurements[2]} or {@code metrics.power}. Put into words only for
 * who has to be told: most messages have nothing wrong, and the words of each of their fields took
 * as long as mapping it.
 *
 * @param in the list or object it lies in
 * @param name its name in an object, else null
 * @param index its place in a list
 */
record FieldName(String in, @Nullable String name, int index) {
  static FieldName at(String list, int index) {
    return new FieldName(list, null, index);
  }

  static FieldName of(String object, String name) {
    return new FieldName(object, name, 0);
  }

  /** A field of this field. */
  String below(String field) {
    return this + "." + field;
  }

  @Override
  public String toString() {
    return name == null ? in + "[" + index + "]" : in + "." + name;
  }
}
