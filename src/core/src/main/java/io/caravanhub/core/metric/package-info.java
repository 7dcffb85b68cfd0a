/** The canonical metrics: what telemetry of the field is called here, and in which unit. */
@NullMarked
package io.caravanhub.core.metric;

import org.jspecify.annotations.NullMarked;
