/** X.509: the hub's own authority, the certificate its listener shows, and those of devices. */
@NullMarked
package io.caravanhub.hub.certificate;

import org.jspecify.annotations.NullMarked;
