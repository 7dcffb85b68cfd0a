package io.caravanhub.hub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the inbox.
 *
 * @param cursor where the next one begins, or null on the last
 */
public record InboxPage(List<InboxRow> rows, @Nullable String cursor) {}
