package io.caravanhub.core.suggest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One scalar of a payload.
 *
 * @param path where it lies, as a field table writes it; within a series from its element on
 * @param names the names on the way to it, its own last; the element's name in a list of names and
 *     values
 * @param values its values in the samples, in their order
 * @param unitBeside what the field beside it says that its unit is, or null
 * @param channel number of the element that it lies in, from 1; 0 when it lies in no list
 * @param channels how many elements the list has
 * @param series path of the list of readings, each with a time of its own, that it belongs to; or
 *     null
 */
record Field(
    String path,
    List<String> names,
    List<Object> values,
    @Nullable String unitBeside,
    int channel,
    int channels,
    @Nullable String series) {

  /** The same with the unit that was told beside a later value. */
  Field beside(String unit) {
    return new Field(path, names, values, unit, channel, channels, series);
  }

  Object sample() {
    return values.get(0);
  }

  /** The path up to the last name. */
  String parent() {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "" : path.substring(0, dot);
  }

  /** Whether it is one of the numbers of a list. */
  boolean isElement() {
    return path.endsWith("]");
  }

  /** As people read it: {@code history[].temperature}. */
  String shown() {
    return series == null ? path : series + "[]." + path;
  }
}
