package io.caravanhub.hub.console;

import org.jspecify.annotations.Nullable;

/**
 * A device that has a type.
 *
 * @param product maker and model, as far as they are known
 * @param gateway serial of the device whose messages it is a part of, or null
 * @param letters dead letters of its that are kept
 */
public record TypeUser(
    String id,
    String serial,
    String product,
    String location,
    @Nullable String gateway,
    long letters) {}
