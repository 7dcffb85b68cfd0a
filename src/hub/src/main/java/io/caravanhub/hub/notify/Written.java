package io.caravanhub.hub.notify;

import org.jspecify.annotations.Nullable;

/**
 * A message in the words of its reader.
 *
 * @param subject one line
 * @param text plain text, escaped as its channel wants it
 * @param html a whole page, for mail; null elsewhere
 */
record Written(String subject, String text, @Nullable String html) {}
