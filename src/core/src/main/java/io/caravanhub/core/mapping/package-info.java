/**
 * Device payloads become canonical telemetry: JSONata mappings, compiled once and run in bounds.
 */
@NullMarked
package io.caravanhub.core.mapping;

import org.jspecify.annotations.NullMarked;
