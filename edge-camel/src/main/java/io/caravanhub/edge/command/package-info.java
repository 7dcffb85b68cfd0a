/** Commands of the hub to devices of the site: written at most once, answered in any case. */
@NullMarked
package io.caravanhub.edge.command;

import org.jspecify.annotations.NullMarked;
