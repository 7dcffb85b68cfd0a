/** Field devices that are asked for their values: connections, register maps, polling, delivery. */
@NullMarked
package io.caravanhub.core.fieldbus;

import org.jspecify.annotations.NullMarked;
