/** Field tables: which field of a vendor's payload is which metric. */
@NullMarked
package io.caravanhub.core.field;

import org.jspecify.annotations.NullMarked;
