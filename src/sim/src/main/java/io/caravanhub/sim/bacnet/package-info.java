/** A rooftop unit as a BACnet/IP device, with a codec of its own. */
@NullMarked
package io.caravanhub.sim.bacnet;

import org.jspecify.annotations.NullMarked;
