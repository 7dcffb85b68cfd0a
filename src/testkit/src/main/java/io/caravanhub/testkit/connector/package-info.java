/** The conformance kit for OEM connectors: what a connector's folder must hold and do. */
@NullMarked
package io.caravanhub.testkit.connector;

import org.jspecify.annotations.NullMarked;
