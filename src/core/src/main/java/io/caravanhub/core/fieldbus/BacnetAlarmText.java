package io.caravanhub.core.fieldbus;

import org.jspecify.annotations.Nullable;

/**
 * What people read of an object in alarm.
 *
 * @param name its name, or its identifier when it has none
 * @param text what the device says of its state, or null
 */
record BacnetAlarmText(String name, @Nullable String text) {}
