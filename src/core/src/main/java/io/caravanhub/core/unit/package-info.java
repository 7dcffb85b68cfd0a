/** Units of measurement by their UCUM codes: those the hub knows, and how they convert. */
@NullMarked
package io.caravanhub.core.unit;

import org.jspecify.annotations.NullMarked;
