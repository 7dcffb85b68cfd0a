package io.caravanhub.core.suggest;

import org.jspecify.annotations.Nullable;

/** Why a field gets no metric. */
final class Unmatched {
  private Unmatched() {}

  static String reason(FieldWords words, @Nullable Match match) {
    if (match != null) {
      return "might be " + match.metric().key() + ", too unsure";
    }
    if (words.marks().contains(Words.NAME)) {
      return "a name or an address";
    }
    if (words.marks().contains(Words.ENVELOPE)) {
      return "about the message or the network";
    }
    if (words.marks().contains(Words.ABOUT)) {
      return "a limit, a setting or a time span";
    }
    return words.own().isEmpty()
        ? "nothing in its name is known"
        : "no metric of this name has this unit or range";
  }
}
