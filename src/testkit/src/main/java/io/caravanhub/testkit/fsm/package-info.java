/** Field-service products played from a script, with their true behaviour and with faults. */
@NullMarked
package io.caravanhub.testkit.fsm;

import org.jspecify.annotations.NullMarked;
