package io.caravanhub.core.fieldbus;

import org.jspecify.annotations.Nullable;

/**
 * Something a device offers to be read, or a folder of such.
 *
 * @param path what it is browsed and read by, in the words of its protocol
 * @param name as the device calls it
 * @param description what the device says of it, or null
 * @param type its data type, or null
 * @param unit UCUM code, or null when the device tells none that is known
 * @param value its value now as text, or null
 * @param folder whether there is more below it
 */
public record Tag(
    String path,
    String name,
    @Nullable String description,
    @Nullable String type,
    @Nullable String unit,
    @Nullable String value,
    boolean folder) {}
