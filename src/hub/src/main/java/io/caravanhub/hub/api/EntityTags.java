package io.caravanhub.hub.api;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whether the sender of a change has seen what it changes (RFC 9110, section 13.1.1). */
public final class EntityTags {
  private EntityTags() {}

  /**
   * Whether a request may change what has this tag: it names it, or does not say what it saw.
   *
   * @param ifMatch the header: tags between commas, {@code *} for any, or null
   * @param tag in its quotes; null when there is nothing
   */
  public static boolean allow(@Nullable String ifMatch, @Nullable String tag) {
    return ifMatch == null
        || ifMatch.isBlank()
        || tag != null
            && Arrays.stream(ifMatch.split(","))
                .map(one -> one.strip().replaceFirst("^W/", ""))
                .anyMatch(one -> one.equals("*") || one.equals(tag));
  }
}
