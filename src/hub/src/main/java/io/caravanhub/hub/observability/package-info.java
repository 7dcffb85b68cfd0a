/** Figures of the whole installation for operators, looked up now and then. */
@NullMarked
package io.caravanhub.hub.observability;

import org.jspecify.annotations.NullMarked;
