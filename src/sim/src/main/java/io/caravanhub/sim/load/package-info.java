/** Load on a running hub: devices that send at a rate, and the proof of what became of it. */
@NullMarked
package io.caravanhub.sim.load;

import org.jspecify.annotations.NullMarked;
