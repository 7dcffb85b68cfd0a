/** Devices, gateways, assets and which watches which. */
@NullMarked
package io.caravanhub.hub.registry;

import org.jspecify.annotations.NullMarked;
