/** What the hub has to say to a tenant about itself. */
@NullMarked
package io.caravanhub.hub.notice;

import org.jspecify.annotations.NullMarked;
