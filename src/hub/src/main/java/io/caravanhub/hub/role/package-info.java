/** Which part of the hub's work this process does. */
@NullMarked
package io.caravanhub.hub.role;

import org.jspecify.annotations.NullMarked;
