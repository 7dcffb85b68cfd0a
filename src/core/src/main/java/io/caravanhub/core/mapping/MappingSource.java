package io.caravanhub.core.mapping;

/**
 * One version of a mapping as its author wrote it.
 *
 * @param name vendor and model, for instance {@code halden/aerotop}
 * @param version what tells this content from any other under the same name
 * @param content the JSONata expression
 */
public record MappingSource(String name, String version, String content) {}
