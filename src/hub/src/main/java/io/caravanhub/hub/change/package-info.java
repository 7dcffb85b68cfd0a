/** What hubs remember and forget when another hub has changed it. */
@NullMarked
package io.caravanhub.hub.change;

import org.jspecify.annotations.NullMarked;
