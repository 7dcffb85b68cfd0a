/** What a tenant has set for itself. */
@NullMarked
package io.caravanhub.hub.tenant;

import org.jspecify.annotations.NullMarked;
