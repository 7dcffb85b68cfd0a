package io.caravanhub.core.suggest;

import org.jspecify.annotations.Nullable;

/**
 * A field that the draft maps.
 *
 * @param key the metric's key with its phase or channel
 * @param confidence 0 to 1
 * @param remark what there is to say beside the match's own reason, or nothing
 */
record Chosen(
    Field field,
    FieldWords words,
    Values values,
    Match match,
    String key,
    double confidence,
    String remark) {

  Chosen named(String other, double sure, String because) {
    return new Chosen(field, words, values, match, other, sure, because);
  }

  /** Whether the number is a difference in degrees that are not kelvins. */
  boolean isDifference() {
    return "K".equals(match.metric().unit()) && match.unit() != null && !"K".equals(match.unit());
  }

  /** Whether true and false are to be called on and off. */
  boolean isSwitch() {
    return match.metric().isText() && values.isBoolean();
  }

  /** The field's number among others of its kind; -1 without one. */
  int number() {
    return field.channels() > 1 && !(field.isElement() && words.number() >= 0)
        ? field.channel()
        : words.number();
  }

  @Nullable String unit() {
    return match.unit();
  }
}
