/** Telemetry from an AMQP 1.0 broker: the connection that its route takes messages over. */
@NullMarked
package io.caravanhub.hub.amqp;

import org.jspecify.annotations.NullMarked;
