/** How far the gateway's clock is from the hub's, and what that means for each reading. */
@NullMarked
package io.caravanhub.edge.clock;

import org.jspecify.annotations.NullMarked;
