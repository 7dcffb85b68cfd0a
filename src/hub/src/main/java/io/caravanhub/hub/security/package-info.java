/** Who is calling: tokens, roles, and the tenant a request works for. */
@NullMarked
package io.caravanhub.hub.security;

import org.jspecify.annotations.NullMarked;
