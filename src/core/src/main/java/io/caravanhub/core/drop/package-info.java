/** Files that somebody puts into a folder: when they are whole, their rows, and where they go. */
@NullMarked
package io.caravanhub.core.drop;

import org.jspecify.annotations.NullMarked;
