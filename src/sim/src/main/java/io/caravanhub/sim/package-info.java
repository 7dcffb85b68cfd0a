/** The programs of the simulator: the plant with its devices, and the field-service stub. */
@NullMarked
package io.caravanhub.sim;

import org.jspecify.annotations.NullMarked;
