/** The edge gateway: the hub's own route files on camel-main, forwarding to the hub. */
@NullMarked
package io.caravanhub.edge;

import org.jspecify.annotations.NullMarked;
