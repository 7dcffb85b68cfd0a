package io.caravanhub.core.mapping;

/**
 * A mapping that was refused; its last good version, if there was one, stays in use.
 *
 * @param name the mapping's name
 * @param origin the file it came from
 * @param reason what is wrong and where
 */
public record MappingProblem(String name, String origin, String reason) {}
