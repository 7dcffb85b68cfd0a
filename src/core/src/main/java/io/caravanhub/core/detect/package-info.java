/** Statistical detectors: what of a series, or of a group of series, is unusual, and why. */
@NullMarked
package io.caravanhub.core.detect;

import org.jspecify.annotations.NullMarked;
