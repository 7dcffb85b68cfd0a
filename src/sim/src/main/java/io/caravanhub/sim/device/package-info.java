/**
 * What all simulated devices share: a send queue that survives a hub that is down, and free ports.
 */
@NullMarked
package io.caravanhub.sim.device;

import org.jspecify.annotations.NullMarked;
