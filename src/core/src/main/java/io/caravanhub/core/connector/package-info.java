/** What OEM connectors have in common: taking a cloud's payload apart. */
@NullMarked
package io.caravanhub.core.connector;

import org.jspecify.annotations.NullMarked;
