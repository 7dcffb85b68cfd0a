/** How many readings a tenant and a device may send: token buckets, counted in readings. */
@NullMarked
package io.caravanhub.hub.limit;

import org.jspecify.annotations.NullMarked;
