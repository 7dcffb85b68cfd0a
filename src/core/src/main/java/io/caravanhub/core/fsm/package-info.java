/** Field-service products as adapters declare them, and calls to them. */
@NullMarked
package io.caravanhub.core.fsm;

import org.jspecify.annotations.NullMarked;
