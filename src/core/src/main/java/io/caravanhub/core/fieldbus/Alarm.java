package io.caravanhub.core.fieldbus;

import io.caravanhub.core.rule.Severity;
import java.util.Map;

/**
 * Something that a device says is wrong with it.
 *
 * @param code names it among those of the device, for instance {@code analog-input:8}
 * @param details what else the device says of it: texts, numbers and Booleans
 */
record Alarm(String code, Severity severity, String message, Map<String, Object> details) {}
