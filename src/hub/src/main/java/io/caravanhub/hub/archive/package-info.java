/** Raw messages as received, kept for tenants that ask for it. */
@NullMarked
package io.caravanhub.hub.archive;

import org.jspecify.annotations.NullMarked;
