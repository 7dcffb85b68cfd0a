/** The Camel component coap-server: telemetry of constrained devices, answered after the commit. */
@NullMarked
package io.caravanhub.hub.coap;

import org.jspecify.annotations.NullMarked;
