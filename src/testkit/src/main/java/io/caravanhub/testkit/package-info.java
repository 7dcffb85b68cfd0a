/** Placeholder. */
@NullMarked
package io.caravanhub.testkit;

import org.jspecify.annotations.NullMarked;
