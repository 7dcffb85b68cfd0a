/**
 * What a device said, in the hub's own language: measurements, their quality, their way through the
 * channels.
 */
@NullMarked
package io.caravanhub.core.telemetry;

import org.jspecify.annotations.NullMarked;
