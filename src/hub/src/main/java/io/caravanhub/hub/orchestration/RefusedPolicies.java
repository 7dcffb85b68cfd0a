package io.caravanhub.hub.orchestration;

/**
 * A policy file or row that is not in force, or not in its newest form.
 *
 * @param source the file's path below the folder of policies, or {@code table:<id>}
 * @param field path of the field at fault; empty for the whole text
 * @param line from 1
 * @param reason what was expected
 */
public record RefusedPolicies(String source, String field, int line, String reason) {}
