/**
 * What holds the routes: their loader, their mappings, their fieldbus connections, and the list of
 * them.
 */
@NullMarked
package io.caravanhub.hub.pipeline;

import org.jspecify.annotations.NullMarked;
