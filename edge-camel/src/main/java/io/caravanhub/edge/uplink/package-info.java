/** The way to the hub: batches out of the spool over MQTT or HTTPS, clock, health, commands. */
@NullMarked
package io.caravanhub.edge.uplink;

import org.jspecify.annotations.NullMarked;
