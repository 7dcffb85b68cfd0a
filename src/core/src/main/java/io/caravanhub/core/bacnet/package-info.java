/**
 * A client of BACnet/IP devices: the wire format and the services of ANSI/ASHRAE 135-2020 that
 * reading, watching and commanding a device takes.
 */
@NullMarked
package io.caravanhub.core.bacnet;

import org.jspecify.annotations.NullMarked;
