/**
 * Connections of tenants with OEM clouds: their credentials, their polls, the devices they name.
 */
@NullMarked
package io.caravanhub.hub.connector;

import org.jspecify.annotations.NullMarked;
