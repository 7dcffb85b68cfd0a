/** How a cloud or a local box is asked for readings: declared in one file, done by one frame. */
@NullMarked
package io.caravanhub.core.cloud;

import org.jspecify.annotations.NullMarked;
