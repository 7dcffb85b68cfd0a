/** The connection test: one reading of a device that is read over a fieldbus, through PLC4X. */
@NullMarked
package io.caravanhub.hub.probe;

import org.jspecify.annotations.NullMarked;
