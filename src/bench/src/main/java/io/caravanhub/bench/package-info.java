/**
 * The benchmark of a whole hub: what it does in a second, beside a limit or a peer on the same
 * machine.
 */
@NullMarked
package io.caravanhub.bench;

import org.jspecify.annotations.NullMarked;
