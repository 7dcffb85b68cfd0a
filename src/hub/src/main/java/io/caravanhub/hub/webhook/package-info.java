/**
 * Where OEM clouds push: their signatures checked, their messages answered once all is committed.
 */
@NullMarked
package io.caravanhub.hub.webhook;

import org.jspecify.annotations.NullMarked;
