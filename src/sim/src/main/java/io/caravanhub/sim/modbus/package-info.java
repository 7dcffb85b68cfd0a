/** The Norvane RX500 rooftop unit as a Modbus TCP server. */
@NullMarked
package io.caravanhub.sim.modbus;

import org.jspecify.annotations.NullMarked;
