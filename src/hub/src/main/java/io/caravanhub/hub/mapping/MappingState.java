package io.caravanhub.hub.mapping;

import io.caravanhub.hub.api.ProblemException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What there is of a mapping now.
 *
 * @param published the version in force, or null
 * @param draft what is being written, or null
 */
record MappingState(@Nullable MappingVersion published, @Nullable MappingVersion draft) {

  boolean isNothing() {
    return published == null && draft == null;
  }

  int version() {
    return published == null ? 0 : published.version();
  }

  /** The entity tag: another one after every change. */
  String tag() {
    return draft == null
        ? "\"" + version() + "\""
        : "\""
            + version()
            + "-"
            + draft.id()
            + "-"
            + ChronoUnit.MICROS.between(Instant.EPOCH, draft.updatedAt())
            + "\"";
  }

  /**
   * Holds a change to the state that its sender saw.
   *
   * @param ifMatch the request's If-Match, or null when it has none
   * @return whether the sender said what it saw
   * @throws ProblemException 412 naming who changed it meanwhile, and when
   */
  boolean require(@Nullable String ifMatch) {
    if (ifMatch == null || ifMatch.isBlank()) {
      return false;
    }
    boolean matches =
        Arrays.stream(ifMatch.split(","))
            .map(tag -> tag.strip().replaceFirst("^W/", ""))
            .anyMatch(tag -> tag.equals("*") ? !isNothing() : tag.equals(tag()));
    if (!matches) {
      throw ProblemException.changed(lastChange() + "; get it again and compare");
    }
    return true;
  }

  /** Who changed it last, and when. */
  String lastChange() {
    if (draft != null
        && (published == null
            || draft.updatedAt().isAfter(Objects.requireNonNull(published.publishedAt())))) {
      return "the draft was saved by " + draft.author() + at(draft.updatedAt());
    }
    return published == null
        ? "there is no such mapping now"
        : "version "
            + published.version()
            + " was published by "
            + published.publishedBy()
            + at(Objects.requireNonNull(published.publishedAt()));
  }

  private static String at(Instant moment) {
    return " at " + moment.truncatedTo(ChronoUnit.MILLIS);
  }
}
