/** What the REST routes call: parameters in, problem documents out. */
@NullMarked
package io.caravanhub.hub.api;

import org.jspecify.annotations.NullMarked;
