/** Which addresses are asked when a tenant names them, and how. */
@NullMarked
package io.caravanhub.core.address;

import org.jspecify.annotations.NullMarked;
