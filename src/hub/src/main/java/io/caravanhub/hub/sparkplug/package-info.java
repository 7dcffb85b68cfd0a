/**
 * Sparkplug B 3.0 as a host application meets it: births name metrics, data refers to them, deaths
 * take nodes off line.
 */
@NullMarked
package io.caravanhub.hub.sparkplug;

import org.jspecify.annotations.NullMarked;
