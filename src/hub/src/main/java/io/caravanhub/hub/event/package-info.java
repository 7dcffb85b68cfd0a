/**
 * Events: recorded once with the actions they call for, refreshed, resolved, shown, acknowledged.
 */
@NullMarked
package io.caravanhub.hub.event;

import org.jspecify.annotations.NullMarked;
