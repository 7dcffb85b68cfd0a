/** Readings in CSV files: read as they come, committed in chunks, each refused row told. */
@NullMarked
package io.caravanhub.hub.upload;

import org.jspecify.annotations.NullMarked;
