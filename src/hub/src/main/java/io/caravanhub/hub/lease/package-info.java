/** What only one of several hubs does at a time: leases with an end and an epoch. */
@NullMarked
package io.caravanhub.hub.lease;

import org.jspecify.annotations.NullMarked;
