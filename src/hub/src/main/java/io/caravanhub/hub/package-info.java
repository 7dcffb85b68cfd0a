/** Placeholder. */
@NullMarked
package io.caravanhub.hub;

import org.jspecify.annotations.NullMarked;
