/** What is worth noticing: rule files, the engine that runs them over telemetry, its state. */
@NullMarked
package io.caravanhub.hub.rules;

import org.jspecify.annotations.NullMarked;
