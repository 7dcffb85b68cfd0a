/** Placeholder. */
@NullMarked
package io.caravanhub.sim;

import org.jspecify.annotations.NullMarked;
