/**
 * Types of devices as a tenant describes them: how messages are checked, put together, split among
 * virtual devices and judged.
 */
@NullMarked
package io.caravanhub.hub.devicetype;

import org.jspecify.annotations.NullMarked;
