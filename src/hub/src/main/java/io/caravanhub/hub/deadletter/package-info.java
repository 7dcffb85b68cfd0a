/** Messages that cannot be used, kept whole with their reason. */
@NullMarked
package io.caravanhub.hub.deadletter;

import org.jspecify.annotations.NullMarked;
