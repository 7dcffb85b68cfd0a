/** A field-service management system small enough to read: it keeps what it gets and shows it. */
@NullMarked
package io.caravanhub.sim.fsm;

import org.jspecify.annotations.NullMarked;
