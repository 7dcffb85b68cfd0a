/** Gateways as the hub sees them: their batches, clocks, health and commands. */
@NullMarked
package io.caravanhub.hub.gateway;

import org.jspecify.annotations.NullMarked;
