/** How gateways come to their credentials, their configuration and their software. */
@NullMarked
package io.caravanhub.hub.gatewayconfig;

import org.jspecify.annotations.NullMarked;
