/** Rules of the work that a gateway does with readings before it keeps them. */
@NullMarked
package io.caravanhub.core.work;

import org.jspecify.annotations.NullMarked;
