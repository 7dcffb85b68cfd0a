/** The cloud of the maker Kestrel, which pushes signed webhooks. */
@NullMarked
package io.caravanhub.sim.oem;

import org.jspecify.annotations.NullMarked;
