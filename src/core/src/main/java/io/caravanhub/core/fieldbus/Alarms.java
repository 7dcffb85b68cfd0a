package io.caravanhub.core.fieldbus;

import java.util.List;

/**
 * What a device says of its alarms at one time.
 *
 * @param whole whether there are no others than those that are active
 * @param active those that stand
 * @param cleared codes of those that do not
 */
record Alarms(boolean whole, List<Alarm> active, List<String> cleared) {}
