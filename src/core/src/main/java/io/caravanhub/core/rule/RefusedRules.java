package io.caravanhub.core.rule;

import java.time.Instant;

/**
 * A rule file or row that is not in force, or not in its newest form.
 *
 * @param source the file's name, or {@code table:<tenant>/<id>}
 * @param field path of the field at fault; empty for the whole text
 * @param line from 1
 * @param reason what was expected
 * @param since when it was first met
 */
public record RefusedRules(String source, String field, int line, String reason, Instant since) {}
