package io.caravanhub.hub.notify;

import org.jspecify.annotations.Nullable;

/**
 * The words of a message, in the ICU message format.
 *
 * @param channel kind of channel, or {@code any}
 * @param language BCP 47
 * @param subject one line; the title where there is no subject
 * @param html for mail, instead of the text
 */
record Template(
    String name,
    String channel,
    String language,
    String subject,
    String text,
    @Nullable String html) {}
