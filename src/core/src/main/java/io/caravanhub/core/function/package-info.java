/** What mappings can call beside JSONata's own functions: units, registers, bits, bytes, times. */
@NullMarked
package io.caravanhub.core.function;

import org.jspecify.annotations.NullMarked;
