/** The Ardent P-40 pump as an OPC UA server. */
@NullMarked
package io.caravanhub.sim.opcua;

import org.jspecify.annotations.NullMarked;
