/** Upkeep of the telemetry store: rollups, compression, retention and the archive. */
@NullMarked
package io.caravanhub.hub.store;

import org.jspecify.annotations.NullMarked;
