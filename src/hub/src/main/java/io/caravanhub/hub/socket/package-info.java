/** Telemetry over WebSocket: one connection, many frames, an answer to each after its commit. */
@NullMarked
package io.caravanhub.hub.socket;

import org.jspecify.annotations.NullMarked;
