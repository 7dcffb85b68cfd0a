/** From what a payload says to measurements in canonical units, and the latest of them. */
@NullMarked
package io.caravanhub.hub.telemetry;

import org.jspecify.annotations.NullMarked;
