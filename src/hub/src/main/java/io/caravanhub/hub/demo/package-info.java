/**
 * The demo: a hub, a simulated plant and an FSM stub as three processes, watched over and told
 * about on one screen.
 */
@NullMarked
package io.caravanhub.hub.demo;

import org.jspecify.annotations.NullMarked;
