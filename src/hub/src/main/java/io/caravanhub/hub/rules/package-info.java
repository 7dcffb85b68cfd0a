/** What is worth noticing: the rules in force, the engine that runs them over telemetry. */
@NullMarked
package io.caravanhub.hub.rules;

import org.jspecify.annotations.NullMarked;
