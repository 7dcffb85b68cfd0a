/** A cloud that is played from a script, for tests of connectors that poll. */
@NullMarked
package io.caravanhub.testkit.cloud;

import org.jspecify.annotations.NullMarked;
