/** The commands that check connectors and mappings, and what tests of all modules share. */
@NullMarked
package io.caravanhub.testkit;

import org.jspecify.annotations.NullMarked;
