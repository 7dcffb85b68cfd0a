/** The console: server-rendered pages that show what flows, and keep themselves up to date. */
@NullMarked
package io.caravanhub.hub.console;

import org.jspecify.annotations.NullMarked;
