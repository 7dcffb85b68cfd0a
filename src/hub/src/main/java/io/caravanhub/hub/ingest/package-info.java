/**
 * Where messages come in and become telemetry: who sent it, which mapping it needs, what it says.
 */
@NullMarked
package io.caravanhub.hub.ingest;

import org.jspecify.annotations.NullMarked;
