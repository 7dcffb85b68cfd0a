/** Brokers outside: which one of several hubs takes messages off them. */
@NullMarked
package io.caravanhub.hub.outside;

import org.jspecify.annotations.NullMarked;
