/** What a tenant has set for itself, and all that is held of it: taken along, or taken away. */
@NullMarked
package io.caravanhub.hub.tenant;

import org.jspecify.annotations.NullMarked;
