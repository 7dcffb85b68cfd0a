/** Devices that publish over MQTT, each in its maker's own JSON. */
@NullMarked
package io.caravanhub.sim.mqtt;

import org.jspecify.annotations.NullMarked;
