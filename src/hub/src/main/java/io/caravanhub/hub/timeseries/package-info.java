/**
 * The Camel component timeseries: that writes telemetry in batches and completes when they are
 * committed.
 */
@NullMarked
package io.caravanhub.hub.timeseries;

import org.jspecify.annotations.NullMarked;
