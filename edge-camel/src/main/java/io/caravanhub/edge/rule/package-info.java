/**
 * The hub's structured rules on a gateway: what devices say is judged before it leaves the site.
 */
@NullMarked
package io.caravanhub.edge.rule;

import org.jspecify.annotations.NullMarked;
