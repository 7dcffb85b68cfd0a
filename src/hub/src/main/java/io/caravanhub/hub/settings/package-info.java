/** What can be set, where it is read from, and what a wrong value is told. */
@NullMarked
package io.caravanhub.hub.settings;

import org.jspecify.annotations.NullMarked;
