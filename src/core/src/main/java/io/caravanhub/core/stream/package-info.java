/** Messages that a broker or a cloud sends by itself: declared in one file, held by one frame. */
@NullMarked
package io.caravanhub.core.stream;

import org.jspecify.annotations.NullMarked;
