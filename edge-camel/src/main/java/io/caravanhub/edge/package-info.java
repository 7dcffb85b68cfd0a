/** Placeholder. */
@NullMarked
package io.caravanhub.edge;

import org.jspecify.annotations.NullMarked;
