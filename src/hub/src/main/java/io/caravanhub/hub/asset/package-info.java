/** Assets as more than the sum of their devices: links in time, derived metrics, health. */
@NullMarked
package io.caravanhub.hub.asset;

import org.jspecify.annotations.NullMarked;
