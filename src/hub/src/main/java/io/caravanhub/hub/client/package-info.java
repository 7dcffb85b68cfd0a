/** A client of the hub's own API, for its command line and its demo. */
@NullMarked
package io.caravanhub.hub.client;

import org.jspecify.annotations.NullMarked;
