/** Device maps as a tenant sees, edits and imports them, and what devices offer to be put in. */
@NullMarked
package io.caravanhub.hub.devicemap;

import org.jspecify.annotations.NullMarked;
