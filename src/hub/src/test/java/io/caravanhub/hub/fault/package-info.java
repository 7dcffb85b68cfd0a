/** Faults brought about on purpose, and the proof that nothing acknowledged is lost or doubled. */
@NullMarked
package io.caravanhub.hub.fault;

import org.jspecify.annotations.NullMarked;
