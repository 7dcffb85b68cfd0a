/**
 * The physics of the simulated plant: rooftop units and pumps, their sensors, and the faults that
 * develop in them.
 */
@NullMarked
package io.caravanhub.sim.plant;

import org.jspecify.annotations.NullMarked;
