/** The command line behind ./hub. */
@NullMarked
package io.caravanhub.hub.cli;

import org.jspecify.annotations.NullMarked;
