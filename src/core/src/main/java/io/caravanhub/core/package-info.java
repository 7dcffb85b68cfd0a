/** Placeholder. */
@NullMarked
package io.caravanhub.core;

import org.jspecify.annotations.NullMarked;
