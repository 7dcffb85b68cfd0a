/** A network that misbehaves on purpose. */
@NullMarked
package io.caravanhub.testkit.network;

import org.jspecify.annotations.NullMarked;
